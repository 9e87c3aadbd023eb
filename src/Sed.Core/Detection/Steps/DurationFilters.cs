using System.Text.Json.Serialization;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>Drops events that are shorter than a minimum duration: a morphological opening of the scores.</summary>
    /// <param name="Seconds">Duration of the shortest event that is kept, 0 or more.</param>
    [Key("minimumDuration")]
    public sealed record MinimumDuration([property: Key("seconds")] double Seconds) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => FormattableString.Invariant($"minimum duration {Seconds:R} s");

        internal override StepStream Stream(double framesPerSecond, double threshold) =>
            new StepStream.Sliding(this, framesPerSecond, Math.Max(0, Frames(Seconds, framesPerSecond) - 1));

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems() => NotNegative(Seconds, "minimum duration");

        internal override void Apply(Span<float> scores, double framesPerSecond)
        {
            var frames = Frames(Seconds, framesPerSecond);
            if (frames > scores.Length)
                scores.Clear();
            else if (frames > 1)
                WindowMaxima(Padded(WindowMinima(scores, frames), frames - 1), frames).CopyTo(scores);
        }
    }

    /// <summary>
    /// Merges events of a class across gaps that are shorter than a minimum gap: a morphological closing of the scores.
    /// </summary>
    /// <param name="Seconds">Length of the shortest gap that is kept, 0 or more.</param>
    [Key("minimumGap")]
    public sealed record MinimumGap([property: Key("seconds")] double Seconds) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => FormattableString.Invariant($"minimum gap {Seconds:R} s");

        internal override StepStream Stream(double framesPerSecond, double threshold) =>
            new StepStream.Sliding(this, framesPerSecond, Math.Max(0, Frames(Seconds, framesPerSecond) - 1));

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems() => NotNegative(Seconds, "minimum gap");

        internal override void Apply(Span<float> scores, double framesPerSecond)
        {
            // No gap is longer than the clip, so this limits the padding.
            var frames = Math.Min(Frames(Seconds, framesPerSecond), scores.Length + 1);
            if (frames > 1)
                WindowMinima(WindowMaxima(Padded(scores, frames - 1), frames), frames).CopyTo(scores);
        }
    }

    /// <summary>The minimum of every full window of the values.</summary>
    private static float[] WindowMinima(ReadOnlySpan<float> values, int window) => WindowExtremes(values, window, -1);

    /// <summary>The maximum of every full window of the values.</summary>
    private static float[] WindowMaxima(ReadOnlySpan<float> values, int window) => WindowExtremes(values, window, 1);

    /// <summary>Sliding minimum (sign -1) or maximum (sign 1) in linear time (Lemire 2006).</summary>
    private static float[] WindowExtremes(ReadOnlySpan<float> values, int window, int sign)
    {
        var extremes = new float[values.Length - window + 1];
        // Indices of values that can still be the extreme of a window, best first.
        var candidates = new int[values.Length];
        var (first, end) = (0, 0);
        for (var index = 0; index < values.Length; index++)
        {
            while (end > first && sign * values[candidates[end - 1]] <= sign * values[index])
                end--;
            candidates[end++] = index;
            if (candidates[first] <= index - window)
                first++;
            if (index >= window - 1)
                extremes[index - window + 1] = values[candidates[first]];
        }
        return extremes;
    }
}
