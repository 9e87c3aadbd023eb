using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Detection.Calibrations;
using Sed.Core.Detection.Steps;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection;

/// <summary>
/// Options for decoding frame probabilities into events and tags. Immutable; validated by the decoders.
/// </summary>
public sealed record DetectionOptions
{
    /// <summary>Lowest score of an active frame, between 0 and 1. Default 0.5.</summary>
    [Key("threshold")]
    public double Threshold { get; init; } = 0.5;

    /// <summary>Steps applied to the frame probabilities before thresholding, in this order. Default: none.</summary>
    [Key("steps")]
    public IReadOnlyList<DecodingStep> Steps { get; init; } = [];

    /// <summary>
    /// Gate: events of a class are detected only in clips whose weak output of the class is at least this value, between 0
    /// and 1 (Kong et al. 2020: 0.5). In other clips, all scores of the class are 0 after the decoding steps. Null (the
    /// default): no gate.
    /// </summary>
    [Key("gate")]
    public double? Gate { get; init; }

    /// <summary>Source of a clip's tags. Default: the classes of the detected events.</summary>
    [Key("tags")]
    public TagSource Tags { get; init; } = TagSource.Events;

    /// <summary>
    /// Options of individual classes, by label, in place of <see cref="Threshold"/>, <see cref="Steps"/> and
    /// <see cref="Gate"/>. Default: none.
    /// </summary>
    [Key("perClass")]
    public IReadOnlyDictionary<string, ClassDetection> PerClass { get; init; } =
        ImmutableDictionary<string, ClassDetection>.Empty;

    /// <summary>
    /// Calibration of the network's outputs, which is applied before the gate, the decoding steps and the thresholds. Null
    /// (the default): the probabilities are decoded as they are.
    /// </summary>
    [Key("calibration")]
    public Calibration? Calibration { get; init; }

    /// <summary>Returns a copy of the options with the given calibration.</summary>
    public DetectionOptions Calibrated(Calibration calibration) => this with { Calibration = calibration };

    private ClassDetection Common =>
        new()
        {
            Threshold = Threshold,
            Steps = Steps,
            Gate = Gate,
        };

    /// <summary>
    /// The options of a class: those in <see cref="PerClass"/> or, if the class has none there, those for all classes.
    /// </summary>
    /// <param name="label">The class's label.</param>
    public ClassDetection Of(string label) => PerClass.TryGetValue(label, out var ofClass) ? ofClass : Common;

    /// <summary>
    /// All problems of these options; empty if they are valid. The <see cref="Problem.Place"/> is the class label for
    /// <see cref="PerClass"/>, the output and the class label for <see cref="Calibration"/>, and empty for all other
    /// options.
    /// </summary>
    public IReadOnlyList<Problem> Problems()
    {
        return
        [
            .. Common.Problems(),
            .. PerClass
                .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .SelectMany(entry => entry.Value.Problems().Select(problem => problem.Within(entry.Key))),
            .. Calibration?.Problems() ?? [],
        ];
    }

    /// <summary>
    /// <see cref="Problems()"/>, and a problem for every label in <see cref="PerClass"/> or <see cref="Calibration"/>
    /// that is not one of the classes.
    /// </summary>
    /// <param name="classes">The classes that are decoded.</param>
    internal Problem[] Problems(ClassList classes) =>
        [
            .. Problems(),
            .. PerClass
                .Keys.Where(label => classes.IndexOf(label) < 0)
                .Order(StringComparer.Ordinal)
                .Concat(Calibration?.LabelsOutside(classes) ?? [])
                .Distinct()
                .Select(label => new Problem(label, "there is no such class", $"use one of {classes}")),
        ];

    /// <exception cref="ArgumentException">There are problems; the message lists all of them.</exception>
    internal void ThrowIfUnusable(ClassList classes)
    {
        if (Problems(classes) is { Length: > 0 } problems)
            throw new ArgumentException(string.Join<Problem>(Environment.NewLine, problems), "options");
    }
}

/// <summary>Source of a clip's tags.</summary>
public enum TagSource
{
    /// <summary>The classes of the detected events (Adavanne and Virtanen 2017).</summary>
    [Key("events")]
    Events,

    /// <summary>
    /// The classes whose weak output reaches <see cref="ClassDetection.TagThreshold"/> or, if that is null, the
    /// threshold of the class.
    /// </summary>
    [Key("weakOutput")]
    WeakOutput,
}
