namespace Sed.Core.Detection.Steps;

public abstract partial record DecodingStep
{
    /// <summary>A frame is active where most frames of the window around it are; outside the clip none are.</summary>
    /// <param name="Seconds">Length of the window, 0 or more; an odd number of frames is taken.</param>
    public sealed record MedianFilter(double Seconds) : DecodingStep
    {
        /// <inheritdoc/>
        public override string InWords => FormattableString.Invariant($"median filter of {Seconds:R} s");

        internal override double ReachSeconds => Seconds;

        /// <inheritdoc/>
        public override IEnumerable<string> Problems() => NotNegative(Seconds, "the median filter is");

        internal override void Apply(Span<bool> active, ReadOnlySpan<float> probabilities, double framesPerSecond)
        {
            var window = (int)Math.Round(Seconds * framesPerSecond) | 1; // odd, so that it has a middle
            if (window > 1)
                Filter(active.ToArray(), active, window / 2);
        }

        private static void Filter(ReadOnlySpan<bool> active, Span<bool> smooth, int reach)
        {
            var count = 0;
            for (var ahead = 0; ahead < Math.Min(reach, active.Length); ahead++)
                count += active[ahead] ? 1 : 0;
            for (var frame = 0; frame < active.Length; frame++)
            {
                if (frame + reach < active.Length && active[frame + reach])
                    count++;
                if (frame - reach - 1 >= 0 && active[frame - reach - 1])
                    count--;
                smooth[frame] = count > reach;
            }
        }
    }
}
