using Sed.Core.Detection.Steps;

namespace Sed.Core.Detection;

/// <summary>How frame probabilities become events and tags. Immutable; checked where it is used.</summary>
public sealed record DetectionOptions
{
    /// <summary>A frame is active from this probability on, between 0 and 1. Default 0.5.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>What is done with the active frames, in this order, before they become events. Default: nothing.</summary>
    public IReadOnlyList<DecodingStep> Steps { get; init; } = [];

    /// <summary>Where the tags of a clip come from. Default: every class that is detected somewhere in the clip.</summary>
    public TagSource Tags { get; init; } = TagSource.Events;

    /// <summary>Every reason these options cannot be used; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (!(Threshold > 0 && Threshold < 1))
            problems.Add(FormattableString.Invariant($"the threshold is {Threshold:R}; it lies between 0 and 1"));
        problems.AddRange(Steps.SelectMany(step => step.Problems()));
        foreach (var step in Steps.OfType<DecodingStep.Hysteresis>())
            if (step.Low > Threshold && step.Low < 1)
                problems.Add(
                    FormattableString.Invariant(
                        $"the lower threshold of the hysteresis is {step.Low:R}, the threshold {Threshold:R}; it lies below it"
                    )
                );
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
