using Sed.Core.Corpora.Synthesis.SoundModels;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Integrated loudness in LUFS (ITU-R BS.1770-4): the mean power after K-weighting (filters that model the head and the
/// ear's sensitivity). Blocks of 0.4 s below -70 LUFS are left out, and so are blocks more than 10 LU below the mean of
/// the remaining blocks.
/// </summary>
internal static class Loudness
{
    private const double Offset = -0.691;
    private const double AbsoluteGate = -70;
    private const double RelativeGate = -10;
    private const double BlockSeconds = 0.4;
    private const int StepsPerBlock = 4;

    /// <summary>
    /// The loudness of mono samples (full scale is -1 to 1); negative infinity if all blocks are below -70 LUFS. Sounds
    /// shorter than 0.5 s are repeated to this length, as Scaper does.
    /// </summary>
    internal static double Of(ReadOnlySpan<float> samples, int sampleRate)
    {
        var weighted = Filtered(samples, sampleRate);
        var step = (int)(BlockSeconds / StepsPerBlock * sampleRate);
        var powers = StepPowers(weighted, step);
        List<double> blocks = [];
        for (var first = 0; first + StepsPerBlock <= powers.Length; first++)
            blocks.Add(powers.AsSpan(first, StepsPerBlock).ToArray().Average());
        double[] audible = [.. blocks.Where(power => Lufs(power) >= AbsoluteGate)];
        if (audible.Length == 0)
            return double.NegativeInfinity;
        var gate = Lufs(audible.Average()) + RelativeGate;
        return Lufs(audible.Where(power => Lufs(power) >= gate).Average());
    }

    /// <summary>
    /// Scales samples in place to a loudness in LUFS and returns them. Sounds without a block of at least -70 LUFS, for
    /// example silence, have no loudness and keep their level.
    /// </summary>
    internal static float[] WithLoudness(this float[] samples, int sampleRate, double lufs)
    {
        var now = Of(samples, sampleRate);
        if (double.IsNegativeInfinity(now))
            return samples;
        var gain = (float)Math.Pow(10, (lufs - now) / 20);
        for (var i = 0; i < samples.Length; i++)
            samples[i] *= gain;
        return samples;
    }

    private static double Lufs(double power) => Offset + (10 * Math.Log10(power));

    private static float[] Filtered(ReadOnlySpan<float> samples, int sampleRate)
    {
        var shortest = sampleRate / 2;
        var copies =
            samples.Length is var length && length > 0 && length < shortest ? (shortest + length - 1) / length : 1;
        var repeated = new float[copies * samples.Length];
        for (var copy = 0; copy < copies; copy++)
            samples.CopyTo(repeated.AsSpan(copy * samples.Length));
        return Biquad.LoudnessShelf(sampleRate).Run(repeated, Biquad.LoudnessHighPass(sampleRate));
    }

    /// <summary>Mean power of consecutive steps; samples after the last whole step are left out.</summary>
    private static double[] StepPowers(ReadOnlySpan<float> samples, int step)
    {
        var powers = new double[samples.Length / step];
        for (var i = 0; i < powers.Length; i++)
        {
            var rms = Signal.Rms(samples.Slice(i * step, step));
            powers[i] = rms * rms;
        }
        return powers;
    }
}
