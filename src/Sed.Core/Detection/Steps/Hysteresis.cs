using System.Text.Json.Serialization;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>
    /// An event goes on, forwards and backwards from its active frames, while the score reaches a lower threshold: frames that
    /// reach it and follow each other all have the largest of their scores.
    /// </summary>
    /// <param name="Low">The lower threshold, between 0 and 1.</param>
    [Key("hysteresis")]
    public sealed record Hysteresis([property: Key("low")] double Low) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => FormattableString.Invariant($"hysteresis down to {Low:R}");

        internal override StepStream Stream(double framesPerSecond, double threshold) => new Running(Low, threshold);

        /// <inheritdoc/>
        public override IEnumerable<string> Problems()
        {
            if (!(Low > 0 && Low < 1))
                yield return FormattableString.Invariant(
                    $"the lower threshold of the hysteresis is {Low:R}; it lies between 0 and 1"
                );
        }

        internal override void Apply(Span<float> scores, double framesPerSecond)
        {
            for (var from = 0; from < scores.Length; from++)
            {
                var (to, largest) = (from, 0f);
                for (; to < scores.Length && scores[to] >= Low; to++)
                    largest = Math.Max(largest, scores[to]);
                scores[from..to].Fill(largest);
                from = to;
            }
        }

        /// <summary>
        /// From the threshold on it does not matter how large the largest score is, so frames have the largest so far.
        /// </summary>
        private sealed class Running(double low, double threshold) : StepStream
        {
            private float largest;
            private int undecided; // frames of which it is not known whether the threshold is reached

            public override double Reach => 0;

            public override void Push(ReadOnlySpan<float> scores, bool isLast, List<float> made)
            {
                foreach (var score in scores)
                {
                    if (score >= low)
                    {
                        largest = Math.Max(largest, score);
                        undecided++;
                        if (largest >= threshold)
                            Decide(made);
                        continue;
                    }
                    Decide(made);
                    largest = 0;
                    made.Add(score);
                }
                if (isLast)
                    Decide(made);
            }

            private void Decide(List<float> made)
            {
                for (; undecided > 0; undecided--)
                    made.Add(largest);
            }
        }
    }
}
