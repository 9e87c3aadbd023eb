namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>
/// Sounds that several classes share, as in real traffic: sirens and horns, or cars and buses, differ in their temporal
/// pattern more than in their spectrum.
/// </summary>
internal static class Timbre
{
    /// <summary>
    /// A harmonic tone of a horn, whistle or loudspeaker. The slope of the spectrum and the level of the even harmonics are
    /// random.
    /// </summary>
    /// <param name="random">Source of the random timbre.</param>
    /// <param name="topHz">Highest pitch (Hz) at which the tone is played; its harmonics stay below half the sample rate.</param>
    /// <param name="sampleRate">Samples per second (Hz).</param>
    internal static Wavetable Tone(Random random, double topHz, int sampleRate)
    {
        var count = Math.Clamp((int)(0.45 * sampleRate / topHz), 1, 20);
        var power = random.Uniform(0.4, 1.8);
        var even = random.Uniform(0.2, 1);
        var harmonics = new double[count];
        for (var h = 0; h < count; h++)
            harmonics[h] = Math.Pow(h + 1, -power) * (h % 2 == 0 ? 1 : even) * random.Uniform(0.5, 1);
        return new Wavetable(harmonics, random);
    }

    /// <summary>The firing of an engine: a low buzz whose pitch follows the engine speed. RMS 1.</summary>
    /// <param name="random">Source of the random timbre.</param>
    /// <param name="samples">Length in samples.</param>
    /// <param name="sampleRate">Samples per second (Hz).</param>
    /// <param name="hz">Firing rate (Hz) as a function of time (s).</param>
    internal static float[] Firing(Random random, int samples, int sampleRate, Func<double, double> hz)
    {
        var buzz = new float[samples];
        Wavetable.Falling(40, random.Uniform(0.3, 1.0), random).Add(buzz, sampleRate, hz);
        return Biquad.LowPass(random.LogUniform(500, 2500), sampleRate, 0.6).Run(buzz).WithRms(1);
    }

    /// <summary>Broadband noise of tyres, wind, exhaust or small wheels. RMS 1.</summary>
    /// <param name="random">Source of the noise and of its bandwidth.</param>
    /// <param name="samples">Length in samples.</param>
    /// <param name="sampleRate">Samples per second (Hz).</param>
    /// <param name="hz">Centre of the band (Hz).</param>
    /// <param name="maxQ">Upper bound of the filter's quality factor, above 0.4.</param>
    internal static float[] BandNoise(Random random, int samples, int sampleRate, double hz, double maxQ) =>
        Biquad.BandPass(hz, sampleRate, random.Uniform(0.4, maxQ)).Run(Noise.White(random, samples)).WithRms(1);

    /// <summary>A decaying burst of band-limited noise, such as a knock or a click. RMS 1.</summary>
    /// <param name="random">Source of the noise.</param>
    /// <param name="sampleRate">Samples per second (Hz).</param>
    /// <param name="hz">Centre of the band (Hz).</param>
    /// <param name="decaySeconds">Time in which the level falls by a factor of e (s).</param>
    internal static float[] Knock(Random random, int sampleRate, double hz, double decaySeconds) =>
        Biquad
            .BandPass(hz, sampleRate, 1)
            .Run(Noise.White(random, (int)(6 * decaySeconds * sampleRate)))
            .WithGain(sampleRate, t => Math.Exp(-t / decaySeconds))
            .WithRms(1);
}
