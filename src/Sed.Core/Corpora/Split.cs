using Sed.Core.Runtime.Keys;

namespace Sed.Core.Corpora;

/// <summary>The role of a clip in an experiment.</summary>
public enum Split
{
    /// <summary>Clips that networks are trained on: weakly labelled, strongly labelled or unlabelled.</summary>
    [Key("training")]
    Training,

    /// <summary>Clips held out of the training split, for model selection.</summary>
    [Key("validation")]
    Validation,

    /// <summary>Labelled clips for scoring during development.</summary>
    [Key("testing")]
    Testing,

    /// <summary>Labelled clips for the final ranking.</summary>
    [Key("evaluation")]
    Evaluation,
}

/// <summary>Supplies the name of each split in the seeds of random draws.</summary>
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
