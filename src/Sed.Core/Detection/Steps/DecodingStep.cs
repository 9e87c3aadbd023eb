using System.Text.Json.Serialization;

namespace Sed.Core.Detection.Steps;

/// <summary>
/// What is done with the frame scores of one class of one clip before they are held against a threshold, as data; each is a
/// file of its own beside this one. Smoothing of active frames is written as a filter of their scores, which is the same at
/// every threshold (threshold decomposition: Fitch, Coyle and Gallagher 1984), so that what looks at all thresholds, such as
/// PSDS or the choice of a threshold, sees the events that are decided on.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "step")]
[JsonDerivedType(typeof(MedianFilter), "median")]
[JsonDerivedType(typeof(MinimumDuration), "shortest")]
[JsonDerivedType(typeof(MinimumGap), "gap")]
[JsonDerivedType(typeof(Hysteresis), "hysteresis")]
[JsonDerivedType(typeof(ChangePoints), "changePoints")]
public abstract partial record DecodingStep
{
    /// <summary>The step in a few words, as plans and tables have it; equal steps have the same.</summary>
    [JsonIgnore]
    public abstract string Summary { get; }

    /// <summary>Every reason why the step cannot be used, with its remedy; empty when it can.</summary>
    public abstract IEnumerable<string> Problems();

    /// <summary>The same of scores that come in pieces. Default: when all of them are there.</summary>
    /// <param name="framesPerSecond">Frames in a second.</param>
    /// <param name="threshold">What scores are held against after the last step.</param>
    internal virtual StepStream Stream(double framesPerSecond, double threshold) =>
        new StepStream.Whole(this, framesPerSecond);

    /// <summary>Changes the scores. Outside the clip the score is 0, which no threshold reaches.</summary>
    /// <param name="scores">The score of each frame so far, 0 or more.</param>
    /// <param name="framesPerSecond">Frames in a second.</param>
    internal abstract void Apply(Span<float> scores, double framesPerSecond);

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    private static IEnumerable<string> NotNegative(double seconds, string what)
    {
        if (!(seconds >= 0 && double.IsFinite(seconds)))
            yield return FormattableString.Invariant($"{what} {seconds:R} s long; 0 s is none");
    }

    /// <summary>So many seconds in whole frames; a clip has fewer than the most.</summary>
    private static int Frames(double seconds, double framesPerSecond) =>
        (int)Math.Min(Math.Round(seconds * framesPerSecond), int.MaxValue / 4);

    /// <summary>The values with so many zeros before and behind them.</summary>
    private static float[] Padded(ReadOnlySpan<float> values, int zeros)
    {
        var padded = new float[values.Length + 2 * zeros];
        values.CopyTo(padded.AsSpan(zeros));
        return padded;
    }

    /// <summary>The smallest value of every window of so many, from the first window to the last.</summary>
    private static float[] Smallest(ReadOnlySpan<float> values, int window) => Extremes(values, window, -1);

    /// <summary>The largest value of every window of so many, from the first window to the last.</summary>
    private static float[] Largest(ReadOnlySpan<float> values, int window) => Extremes(values, window, 1);

    private static float[] Extremes(ReadOnlySpan<float> values, int window, int sign)
    {
        var extremes = new float[values.Length - window + 1];
        // Places of values that may still be the extreme of a window, best first (Lemire 2006).
        var candidates = new int[values.Length];
        var (first, end) = (0, 0);
        for (var place = 0; place < values.Length; place++)
        {
            while (end > first && sign * values[candidates[end - 1]] <= sign * values[place])
                end--;
            candidates[end++] = place;
            if (candidates[first] <= place - window)
                first++;
            if (place >= window - 1)
                extremes[place - window + 1] = values[candidates[first]];
        }
        return extremes;
    }
}
