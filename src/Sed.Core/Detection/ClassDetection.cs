using System.Text.Json.Serialization;
using Sed.Core.Detection.Steps;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection;

/// <summary>
/// Decoding options of one class, for events (frame probabilities) and tags (weak output). Immutable.
/// </summary>
public sealed record ClassDetection
{
    /// <summary>Lowest score of an active frame, between 0 and 1.</summary>
    [Key("threshold")]
    public required double Threshold { get; init; }

    /// <summary>Steps applied to the frame probabilities before thresholding, in this order. Default: none.</summary>
    [Key("steps")]
    public IReadOnlyList<DecodingStep> Steps { get; init; } = [];

    /// <summary>
    /// Threshold of the weak output at which a clip is tagged with the class, between 0 and 1. Null (the default):
    /// <see cref="Threshold"/>. Used only with <see cref="TagSource.WeakOutput"/>.
    /// </summary>
    [Key("tagThreshold")]
    public double? TagThreshold { get; init; }

    /// <summary>
    /// Gate: events of the class are detected only in clips whose weak output of the class is at least this value, between
    /// 0 and 1. Null (the default): in all clips.
    /// </summary>
    [Key("gate")]
    public double? Gate { get; init; }

    /// <summary><see cref="TagThreshold"/>, or <see cref="Threshold"/> if it is null.</summary>
    internal double WeakThreshold => TagThreshold ?? Threshold;

    /// <summary>The last step if it outputs bounding boxes; null if all steps output frame scores.</summary>
    internal DecodingStep.ChangePoints? Boxing => Steps.Count > 0 ? Steps[^1] as DecodingStep.ChangePoints : null;

    /// <summary>The steps whose output is frame scores.</summary>
    internal IEnumerable<DecodingStep> FrameSteps => Steps.Take(Steps.Count - (Boxing is null ? 0 : 1));

    /// <summary>Whether the weak output of a clip is below the gate, so that the clip has no events of the class.</summary>
    /// <param name="weak">Weak output of the class.</param>
    internal bool IsClosed(float weak) => Gate is { } gate && !(weak >= (float)gate);

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
                .. Gate is { } gate ? [FormattableString.Invariant($"gate {gate:0.###}")] : (string[])[],
                .. Steps.Select(step => step.Summary),
            ]
        );

    /// <summary>
    /// All problems of these options. Their <see cref="Problem.Place"/> is empty; the caller adds it.
    /// </summary>
    internal IEnumerable<Problem> Problems()
    {
        if (!IsProbability(Threshold))
            yield return Outside("threshold", Threshold);
        if (TagThreshold is { } tags && !IsProbability(tags))
            yield return Outside("tag threshold", tags);
        if (Gate is { } gate && !IsProbability(gate))
            yield return Outside("gate", gate);
        foreach (var problem in DecodingStep.ProblemsOf(Steps))
            yield return problem;
        foreach (var step in Steps.OfType<DecodingStep.Hysteresis>())
            if (step.Low > Threshold && step.Low < 1)
                yield return Problem.Of(
                    FormattableString.Invariant(
                        $"the lower hysteresis threshold is {step.Low:R}, but the threshold is {Threshold:R}"
                    ),
                    "the lower threshold must not exceed the threshold"
                );
    }

    private static bool IsProbability(double value) => value is > 0 and < 1;

    private static Problem Outside(string name, double value) =>
        Problem.Of(FormattableString.Invariant($"the {name} is {value:R}"), "it must lie between 0 and 1");
}
