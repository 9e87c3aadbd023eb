using System.Text.Json.Serialization;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>
    /// An event goes on, forwards and backwards from its active frames, while the score reaches a lower threshold: frames that
    /// reach it and follow each other all have the largest of their scores.
    /// </summary>
    /// <param name="Low">The lower threshold, between 0 and 1.</param>
    public sealed record Hysteresis(double Low) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string InWords => FormattableString.Invariant($"hysteresis down to {Low:R}");

        internal override double ReachSeconds => 0;

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
    }
}
