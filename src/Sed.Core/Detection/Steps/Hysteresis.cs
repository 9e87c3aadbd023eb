namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>An event goes on, forwards and backwards from its active frames, while the probability reaches a lower threshold.</summary>
    /// <param name="Low">The lower threshold, between 0 and 1.</param>
    public sealed record Hysteresis(double Low) : DecodingStep
    {
        /// <inheritdoc/>
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

        internal override void Apply(Span<bool> active, ReadOnlySpan<float> probabilities, double framesPerSecond)
        {
            for (var frame = 1; frame < active.Length; frame++)
                active[frame] |= active[frame - 1] && probabilities[frame] >= Low;
            for (var frame = active.Length - 2; frame >= 0; frame--)
                active[frame] |= active[frame + 1] && probabilities[frame] >= Low;
        }
    }
}
