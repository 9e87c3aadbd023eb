using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Clips;

/// <summary>In which order an epoch goes through the training clips (<see cref="Features.EpochOrder"/>).</summary>
public enum ClipOrder
{
    /// <summary>Every clip once, shuffled.</summary>
    [Key("shuffled")]
    Shuffled,

    /// <summary>As many clips as there are, each class as often as any other: clips of rare classes come several times.</summary>
    [Key("balanced")]
    Balanced,
}
