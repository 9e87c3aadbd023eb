using System.Text.Json.Serialization;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>Events that are shorter are dropped: an opening of the scores.</summary>
    /// <param name="Seconds">Length of the shortest event that stays, 0 or more.</param>
    [Key("minimumDuration")]
    public sealed record MinimumDuration([property: Key("seconds")] double Seconds) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => FormattableString.Invariant($"events from {Seconds:R} s on");

        internal override StepStream Stream(double framesPerSecond, double threshold) =>
            new StepStream.Sliding(this, framesPerSecond, Math.Max(0, Frames(Seconds, framesPerSecond) - 1));

        /// <inheritdoc/>
        public override IEnumerable<string> Problems() => NotNegative(Seconds, "the shortest event is");

        internal override void Apply(Span<float> scores, double framesPerSecond)
        {
            var frames = Frames(Seconds, framesPerSecond);
            if (frames > scores.Length)
                scores.Clear();
            else if (frames > 1)
                Largest(Padded(Smallest(scores, frames), frames - 1), frames).CopyTo(scores);
        }
    }
}
