namespace Sed.Core.Labelling.Reviews;

/// <summary>What is reviewed, and by whom. Immutable.</summary>
public sealed record ReviewOptions
{
    /// <summary>The recordings of the folder.</summary>
    public required IReadOnlyList<ReviewRecording> Recordings { get; init; }

    /// <summary>The stretches to review, in order.</summary>
    public required IReadOnlyList<ReviewItem> Items { get; init; }

    /// <summary>The classes of the model and of the labels. Reviewers can add others.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Name of the reviewer, which is written to the lists of labels.</summary>
    public required string Reviewer { get; init; }

    /// <summary>Source of the times of decisions. Default: the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
