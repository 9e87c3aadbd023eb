using System.Text.Json.Serialization;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>
    /// Median filter of the scores: a frame is active if most frames of the window around it are active.
    /// </summary>
    /// <param name="Seconds">Length of the window, 0 or more; an even number of frames is extended by one.</param>
    [Key("medianFilter")]
    public sealed record MedianFilter([property: Key("seconds")] double Seconds) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => FormattableString.Invariant($"median filter of {Seconds:R} s");

        internal override StepStream Stream(double framesPerSecond, double threshold) =>
            new StepStream.Sliding(this, framesPerSecond, Frames(Seconds, framesPerSecond) / 2);

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems() => NotNegative(Seconds, "length of the median filter");

        internal override void Apply(Span<float> scores, double framesPerSecond)
        {
            // Number of frames on each side of the centre, at most the number of frames of the clip. At this maximum,
            // most of the window lies outside the clip and the median is 0, so a longer window would change nothing.
            var half = Math.Min(Frames(Seconds, framesPerSecond) / 2, scores.Length);
            if (half > 0)
                Filter(scores, half);
        }

        private static void Filter(Span<float> scores, int half)
        {
            var padded = Padded(scores, half);
            var window = padded.AsSpan(0, 2 * half + 1).ToArray();
            Array.Sort(window);
            for (var frame = 0; ; frame++)
            {
                scores[frame] = window[half];
                if (frame + 1 == scores.Length)
                    return;
                Replace(window, padded[frame], padded[frame + window.Length]);
            }
        }

        /// <summary>Replaces a value of a sorted window by another one.</summary>
        private static void Replace(Span<float> sorted, float old, float next)
        {
            var index = sorted.BinarySearch(old);
            for (; index + 1 < sorted.Length && sorted[index + 1] < next; index++)
                sorted[index] = sorted[index + 1];
            for (; index > 0 && sorted[index - 1] > next; index--)
                sorted[index] = sorted[index - 1];
            sorted[index] = next;
        }
    }
}
