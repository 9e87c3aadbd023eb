using Sed.Core.Runtime.Keys;

namespace Sed.Core.Corpora;

/// <summary>What a clip may be used for.</summary>
public enum Split
{
    /// <summary>Weak labels; what a network learns from.</summary>
    [Key("training")]
    Training,

    /// <summary>Carved from the training clips, for choosing without looking at the testing clips.</summary>
    [Key("validation")]
    Validation,

    /// <summary>Strong and weak labels; what the paper chose its systems by.</summary>
    [Key("testing")]
    Testing,

    /// <summary>Strong and weak labels; what systems are ranked by.</summary>
    [Key("evaluation")]
    Evaluation,
}

/// <summary>The name of a split in random draws.</summary>
internal static class SplitDraws
{
    extension(Split split)
    {
        // Part of the seed of every soundscape, so it never changes.
        internal string DrawName =>
            split switch
            {
                Split.Training => "Training",
                Split.Validation => "Validation",
                Split.Testing => "Testing",
                Split.Evaluation => "Evaluation",
                _ => throw new ArgumentOutOfRangeException(nameof(split), split, null),
            };
    }
}
