namespace Sed.Core.Detection;

/// <summary>How frame probabilities become events and tags. Immutable; checked where it is used.</summary>
public sealed record DetectionOptions
{
    /// <summary>A frame is active from this probability on, between 0 and 1. Default 0.5.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>Length of the median filter over the active frames, in seconds. Default 0: none.</summary>
    public double MedianSeconds { get; init; }

    /// <summary>Where the tags of a clip come from. Default: every class that is detected somewhere in the clip.</summary>
    public TagSource Tags { get; init; } = TagSource.Events;

    /// <summary>Every reason these options cannot be used; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (!(Threshold > 0 && Threshold < 1))
            problems.Add($"Threshold must be between 0 and 1, was {Threshold}.");
        if (!(MedianSeconds >= 0) || double.IsInfinity(MedianSeconds))
            problems.Add($"MedianSeconds must be 0 s or more, was {MedianSeconds} s.");
        return problems;
    }
}

/// <summary>Where the tags of a clip come from.</summary>
public enum TagSource
{
    /// <summary>Every class that is detected somewhere in the clip (Adavanne and Virtanen 2017).</summary>
    Events,

    /// <summary>Every class whose weak output reaches the threshold.</summary>
    WeakOutput,
}
