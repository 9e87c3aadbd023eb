using System.Text.Json.Serialization;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>
    /// Hysteresis (double) thresholding: extends an event in both directions while the score reaches a lower threshold.
    /// In each run of frames whose scores reach the lower threshold, every score becomes the maximum of the run.
    /// </summary>
    /// <param name="Low">The lower threshold, between 0 and 1.</param>
    [Key("hysteresis")]
    public sealed record Hysteresis([property: Key("low")] double Low) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => FormattableString.Invariant($"hysteresis down to {Low:R}");

        internal override StepStream Stream(double framesPerSecond, double threshold) =>
            new HysteresisStream(Low, threshold);

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (!(Low is > 0 and < 1))
                yield return Problem.Of(
                    FormattableString.Invariant($"the lower hysteresis threshold is {Low:R}"),
                    "it must lie between 0 and 1"
                );
        }

        internal override void Apply(Span<float> scores, double framesPerSecond)
        {
            for (var from = 0; from < scores.Length; from++)
            {
                var (to, maximum) = (from, 0f);
                for (; to < scores.Length && scores[to] >= Low; to++)
                    maximum = Math.Max(maximum, scores[to]);
                scores[from..to].Fill(maximum);
                from = to;
            }
        }

        /// <summary>
        /// Outputs the maximum so far instead of the maximum of the run. The frames of a run are output when its
        /// maximum so far reaches the threshold, or at the end of the run. After that, a larger score in the run
        /// changes no decision.
        /// </summary>
        private sealed class HysteresisStream(double low, double threshold) : StepStream
        {
            private float maximum;
            private int undecided; // frames of the run whose decision is open

            public override double LookaheadFrames => 0;

            public override void Push(ReadOnlySpan<float> scores, bool isLast, List<float> output)
            {
                foreach (var score in scores)
                {
                    if (score >= low)
                    {
                        maximum = Math.Max(maximum, score);
                        undecided++;
                        if (maximum >= threshold)
                            Decide(output);
                        continue;
                    }
                    Decide(output);
                    maximum = 0;
                    output.Add(score);
                }
                if (isLast)
                    Decide(output);
            }

            private void Decide(List<float> output)
            {
                for (; undecided > 0; undecided--)
                    output.Add(maximum);
            }
        }
    }
}
