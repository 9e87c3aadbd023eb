using System.Text.Json.Serialization;
using Sed.Core.Detection.Steps;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection;

/// <summary>How the frame probabilities of one class become events, and its weak output a tag. Immutable.</summary>
public sealed record ClassDetection
{
    /// <summary>A frame is active from this score on, between 0 and 1.</summary>
    [Key("threshold")]
    public required double Threshold { get; init; }

    /// <summary>What is done with the probabilities of the frames before, in this order. Default: nothing.</summary>
    [Key("steps")]
    public IReadOnlyList<DecodingStep> Steps { get; init; } = [];

    /// <summary>
    /// A clip has the class as a tag from this weak output on, where tags come from there. Default null: from the threshold of
    /// the frames on.
    /// </summary>
    [Key("tagThreshold")]
    public double? TagThreshold { get; init; }

    /// <summary>The weak output from which on a clip has the class as a tag, where tags come from there.</summary>
    internal double WeakThreshold => TagThreshold ?? Threshold;

    /// <summary>In a few words, for example "threshold 0.31, median filter of 0.2 s".</summary>
    [JsonIgnore]
    public string Summary =>
        string.Join(
            ", ",
            [
                FormattableString.Invariant($"threshold {Threshold:0.###}"),
                .. TagThreshold is { } tags
                    ? [FormattableString.Invariant($"tags from {tags:0.###} on")]
                    : (string[])[],
                .. Steps.Select(step => step.Summary),
            ]
        );

    internal IEnumerable<string> Problems()
    {
        foreach (var threshold in (double[])[Threshold, TagThreshold ?? Threshold])
            if (!(threshold > 0 && threshold < 1))
            {
                yield return FormattableString.Invariant($"the threshold is {threshold:R}; it lies between 0 and 1");
                break;
            }
        foreach (var problem in Steps.SelectMany(step => step.Problems()))
            yield return problem;
        foreach (var step in Steps.OfType<DecodingStep.Hysteresis>())
            if (step.Low > Threshold && step.Low < 1)
                yield return FormattableString.Invariant(
                    $"the lower threshold of the hysteresis is {step.Low:R}, the threshold {Threshold:R}; it lies below it"
                );
    }
}
