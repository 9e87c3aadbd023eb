using System.Text.Json.Serialization;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>A frame has the median score of the window around it, so it is active where most frames of the window are.</summary>
    /// <param name="Seconds">Length of the window, 0 or more; an odd number of frames is taken.</param>
    [Key("medianFilter")]
    public sealed record MedianFilter([property: Key("seconds")] double Seconds) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => FormattableString.Invariant($"median filter of {Seconds:R} s");

        internal override StepStream Stream(double framesPerSecond, double threshold) =>
            new StepStream.Sliding(this, framesPerSecond, Frames(Seconds, framesPerSecond) / 2);

        /// <inheritdoc/>
        public override IEnumerable<string> Problems() => NotNegative(Seconds, "the median filter is");

        internal override void Apply(Span<float> scores, double framesPerSecond)
        {
            // Odd, so that it has a middle; where half of it is as long as the clip, most of it lies outside anyway.
            var reach = Math.Min(Frames(Seconds, framesPerSecond) / 2, scores.Length);
            if (reach > 0)
                Filter(scores, reach);
        }

        private static void Filter(Span<float> scores, int reach)
        {
            var padded = Padded(scores, reach);
            var window = padded.AsSpan(0, 2 * reach + 1).ToArray();
            Array.Sort(window);
            for (var frame = 0; ; frame++)
            {
                scores[frame] = window[reach];
                if (frame + 1 == scores.Length)
                    return;
                Replace(window, padded[frame], padded[frame + window.Length]);
            }
        }

        /// <summary>Takes a value out of a sorted window and puts another one in.</summary>
        private static void Replace(Span<float> sorted, float old, float next)
        {
            var place = sorted.BinarySearch(old);
            for (; place + 1 < sorted.Length && sorted[place + 1] < next; place++)
                sorted[place] = sorted[place + 1];
            for (; place > 0 && sorted[place - 1] > next; place--)
                sorted[place] = sorted[place - 1];
            sorted[place] = next;
        }
    }
}
