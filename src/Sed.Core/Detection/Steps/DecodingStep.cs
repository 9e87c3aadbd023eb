using System.Text.Json.Serialization;
using Sed.Core.Runtime;

namespace Sed.Core.Detection.Steps;

/// <summary>
/// A decoding step: a transform of one class's frame scores before thresholding. Steps that smooth decisions are
/// implemented as filters of the scores, which give the same decisions at every threshold (threshold decomposition:
/// Fitch, Coyle and Gallagher 1984). PSDS, other metrics over all thresholds, and threshold tuning therefore use the
/// smoothed events.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(MedianFilter), "median")]
[JsonDerivedType(typeof(MinimumDuration), "shortest")]
[JsonDerivedType(typeof(MinimumGap), "gap")]
[JsonDerivedType(typeof(Hysteresis), "hysteresis")]
[JsonDerivedType(typeof(ChangePoints), "boundingBoxes")]
public abstract partial record DecodingStep
{
    /// <summary>A short human-readable description, for plans and tables.</summary>
    [JsonIgnore]
    public abstract string Summary { get; }

    /// <summary>
    /// All problems of the step's parameters; empty if they are valid. Their <see cref="Problem.Place"/> is empty; the
    /// caller adds it.
    /// </summary>
    public abstract IEnumerable<Problem> Problems();

    /// <summary>
    /// All problems of a list of steps that are applied in order: the problems of each step, and those of their order.
    /// Their <see cref="Problem.Place"/> is empty; the caller adds it.
    /// </summary>
    /// <param name="steps">The steps; the list may be empty.</param>
    public static IEnumerable<Problem> ProblemsOf(IReadOnlyList<DecodingStep> steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return
        [
            .. steps.SelectMany(step => step.Problems()),
            .. steps
                .Zip(steps.Skip(1))
                .Where(pair => pair.First is ChangePoints)
                .Select(pair =>
                    Problem.Of(
                        $"another step follows the change points: {pair.Second}",
                        "put the change points last, because they output boxes, not frame scores"
                    )
                ),
        ];
    }

    /// <summary>
    /// The lowest decision threshold that is valid with the steps: the largest <see cref="Hysteresis.Low"/> among them,
    /// or 0 if no step is hysteresis.
    /// </summary>
    internal static double LowestThreshold(IEnumerable<DecodingStep> steps) =>
        steps.OfType<Hysteresis>().Select(step => step.Low).DefaultIfEmpty(0).Max();

    /// <summary>
    /// The step's streaming form. Default: it collects the whole recording and then applies the step.
    /// </summary>
    /// <param name="framesPerSecond">Number of frames per second.</param>
    /// <param name="threshold">Threshold that applies after the last step.</param>
    internal virtual StepStream Stream(double framesPerSecond, double threshold) =>
        new StepStream.WholeRecording(this, framesPerSecond);

    /// <summary>
    /// Transforms the scores in place. The score outside the clip is 0, which is below every threshold.
    /// </summary>
    /// <param name="scores">Score of each frame, 0 or more.</param>
    /// <param name="framesPerSecond">Number of frames per second.</param>
    internal abstract void Apply(Span<float> scores, double framesPerSecond);

    /// <summary>Returns <see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    private static IEnumerable<Problem> NotNegative(double seconds, string name)
    {
        if (!(seconds >= 0 && double.IsFinite(seconds)))
            yield return Problem.Of(
                FormattableString.Invariant($"the {name} is {seconds:R} s"),
                "it must be 0 s (off) or more"
            );
    }

    /// <summary>
    /// Converts a duration to whole frames. The upper bound prevents overflow in sums of a few such numbers.
    /// </summary>
    private static int Frames(double seconds, double framesPerSecond) =>
        (int)Math.Min(Math.Round(seconds * framesPerSecond), int.MaxValue / 4);

    /// <summary>The values with zeros before and after them.</summary>
    private static float[] Padded(ReadOnlySpan<float> values, int zeros)
    {
        var padded = new float[values.Length + 2 * zeros];
        values.CopyTo(padded.AsSpan(zeros));
        return padded;
    }
}
