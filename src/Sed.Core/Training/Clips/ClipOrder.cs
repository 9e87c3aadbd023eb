using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Clips;

/// <summary>Order of the training clips in an epoch (<see cref="Features.EpochOrder"/>).</summary>
public enum ClipOrder
{
    /// <summary>Each clip once, in random order.</summary>
    [Key("shuffled")]
    Shuffled,

    /// <summary>
    /// Class-balanced sampling: every class is drawn equally often, so clips of rare classes repeat. The epoch's length
    /// is the number of clips. A weakly labelled recording that is longer than a clip is drawn as a whole and counts as
    /// one clip.
    /// </summary>
    [Key("balanced")]
    Balanced,
}
