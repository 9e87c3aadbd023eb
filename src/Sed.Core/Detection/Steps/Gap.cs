namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>Events of a class with less between them are one.</summary>
    /// <param name="Seconds">Length of the shortest gap that stays, 0 or more.</param>
    public sealed record Gap(double Seconds) : DecodingStep
    {
        /// <inheritdoc/>
        public override string InWords => FormattableString.Invariant($"gaps from {Seconds:R} s on");

        internal override double ReachSeconds => Seconds;

        /// <inheritdoc/>
        public override IEnumerable<string> Problems() => NotNegative(Seconds, "the shortest gap is");

        internal override void Apply(Span<bool> active, ReadOnlySpan<float> probabilities, double framesPerSecond)
        {
            var first = active.IndexOf(true);
            if (first < 0)
                return;
            var between = active[first..(active.LastIndexOf(true) + 1)];
            Flip(between, which: false, Math.Round(Seconds * framesPerSecond));
        }
    }
}
