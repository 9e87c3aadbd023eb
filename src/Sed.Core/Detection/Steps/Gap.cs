using System.Text.Json.Serialization;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>Events of a class with less between them are one: a closing of the scores.</summary>
    /// <param name="Seconds">Length of the shortest gap that stays, 0 or more.</param>
    [Key("minimumGap")]
    public sealed record MinimumGap([property: Key("seconds")] double Seconds) : DecodingStep
    {
        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => FormattableString.Invariant($"gaps from {Seconds:R} s on");

        internal override StepStream Stream(double framesPerSecond, double threshold) =>
            new StepStream.Sliding(this, framesPerSecond, Math.Max(0, Frames(Seconds, framesPerSecond) - 1));

        /// <inheritdoc/>
        public override IEnumerable<string> Problems() => NotNegative(Seconds, "the shortest gap is");

        internal override void Apply(Span<float> scores, double framesPerSecond)
        {
            // A gap is as long as the clip at most.
            var frames = Math.Min(Frames(Seconds, framesPerSecond), scores.Length + 1);
            if (frames > 1)
                Smallest(Largest(Padded(scores, frames - 1), frames), frames).CopyTo(scores);
        }
    }
}
