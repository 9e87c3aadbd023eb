using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Detection.Steps;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection;

/// <summary>How frame probabilities become events and tags. Immutable, plain data; checked where it is used.</summary>
public sealed record DetectionOptions
{
    /// <summary>A frame is active from this probability on, between 0 and 1. Default 0.5.</summary>
    [Key("threshold")]
    public double Threshold { get; init; } = 0.5;

    /// <summary>What is done with the probabilities before, in this order. Default: nothing.</summary>
    [Key("steps")]
    public IReadOnlyList<DecodingStep> Steps { get; init; } = [];

    /// <summary>Where the tags of a clip come from. Default: every class that is detected somewhere in the clip.</summary>
    [Key("tags")]
    public TagSource Tags { get; init; } = TagSource.Events;

    /// <summary>Classes that are decided on in ways of their own, by their labels. Default none.</summary>
    [Key("perClass")]
    public IReadOnlyDictionary<string, ClassDetection> PerClass { get; init; } =
        ImmutableDictionary<string, ClassDetection>.Empty;

    /// <summary>How a class is decided on: in its own way, or like all.</summary>
    public ClassDetection Of(string label) =>
        PerClass.TryGetValue(label, out var own) ? own : new() { Threshold = Threshold, Steps = Steps };

    /// <summary>Every reason these options cannot be used; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        ClassDetection all = new() { Threshold = Threshold, Steps = Steps };
        return
        [
            .. all.Problems(),
            .. PerClass
                .OrderBy(own => own.Key, StringComparer.Ordinal)
                .SelectMany(own => own.Value.Problems().Select(problem => $"{own.Key}: {problem}")),
        ];
    }

    /// <summary>The same, and the classes of <see cref="PerClass"/> that are none of these.</summary>
    internal string[] Problems(ClassList classes) =>
        [
            .. Problems(),
            .. PerClass
                .Keys.Where(label => classes.IndexOf(label) < 0)
                .Order(StringComparer.Ordinal)
                .Select(label => $"{label}: it is not one of the classes ({classes})"),
        ];
}

/// <summary>Where the tags of a clip come from.</summary>
public enum TagSource
{
    /// <summary>Every class that is detected somewhere in the clip (Adavanne and Virtanen 2017).</summary>
    [Key("events")]
    Events,

    /// <summary>Every class whose weak output reaches the threshold.</summary>
    [Key("weakOutput")]
    WeakOutput,
}
