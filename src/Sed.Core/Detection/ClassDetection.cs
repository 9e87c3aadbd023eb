using System.Text.Json.Serialization;
using Sed.Core.Detection.Steps;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection;

/// <summary>Decoding options of one class: from frame probabilities to events, and from the weak output to a tag. Immutable.</summary>
public sealed record ClassDetection
{
    /// <summary>Lowest score of an active frame, between 0 and 1.</summary>
    [Key("threshold")]
    public required double Threshold { get; init; }

    /// <summary>Steps applied to the frame probabilities before thresholding, in this order. Default: none.</summary>
    [Key("steps")]
    public IReadOnlyList<DecodingStep> Steps { get; init; } = [];

    /// <summary>
    /// Lowest weak output of a clip that is tagged with the class, between 0 and 1. Null (the default) means
    /// <see cref="Threshold"/>. Used only with <see cref="TagSource.WeakOutput"/>.
    /// </summary>
    [Key("tagThreshold")]
    public double? TagThreshold { get; init; }

    /// <summary><see cref="TagThreshold"/>, or <see cref="Threshold"/> where it is null.</summary>
    internal double WeakThreshold => TagThreshold ?? Threshold;

    /// <summary>A short human-readable description, for example "threshold 0.31, median filter of 0.2 s".</summary>
    [JsonIgnore]
    public string Summary =>
        string.Join(
            ", ",
            [
                FormattableString.Invariant($"threshold {Threshold:0.###}"),
                .. TagThreshold is { } tags
                    ? [FormattableString.Invariant($"tag threshold {tags:0.###}")]
                    : (string[])[],
                .. Steps.Select(step => step.Summary),
            ]
        );

    /// <summary>Every reason these options cannot be used; their places are left to the caller.</summary>
    internal IEnumerable<Problem> Problems()
    {
        if (!IsProbability(Threshold))
            yield return Outside("threshold", Threshold);
        if (TagThreshold is { } tags && !IsProbability(tags))
            yield return Outside("tag threshold", tags);
        foreach (var problem in Steps.SelectMany(step => step.Problems()))
            yield return problem;
        foreach (var step in Steps.OfType<DecodingStep.Hysteresis>())
            if (step.Low > Threshold && step.Low < 1)
                yield return Problem.Of(
                    FormattableString.Invariant(
                        $"the lower threshold of the hysteresis is {step.Low:R}, the threshold {Threshold:R}"
                    ),
                    "the lower threshold must not exceed the threshold"
                );
    }

    private static bool IsProbability(double value) => value is > 0 and < 1;

    private static Problem Outside(string name, double value) =>
        Problem.Of(FormattableString.Invariant($"the {name} is {value:R}"), "it must lie between 0 and 1");
}
