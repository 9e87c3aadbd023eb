namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>Events that are shorter are dropped.</summary>
    /// <param name="Seconds">Length of the shortest event that stays, 0 or more.</param>
    public sealed record Shortest(double Seconds) : DecodingStep
    {
        /// <inheritdoc/>
        public override string InWords => FormattableString.Invariant($"events from {Seconds:R} s on");

        internal override double ReachSeconds => Seconds;

        /// <inheritdoc/>
        public override IEnumerable<string> Problems() => NotNegative(Seconds, "the shortest event is");

        internal override void Apply(Span<bool> active, ReadOnlySpan<float> probabilities, double framesPerSecond) =>
            Flip(active, which: true, Math.Round(Seconds * framesPerSecond));
    }
}
