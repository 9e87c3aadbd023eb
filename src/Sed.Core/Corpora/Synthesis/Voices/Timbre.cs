namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>
/// Materials that several classes share, as they do on a street: whether a tone is a siren's or a horn's, and whether a
/// rumble is a car's or a bus's, is told by how it moves in time more than by where its energy lies.
/// </summary>
internal static class Timbre
{
    /// <summary>
    /// A loud, buzzing tone as horns, whistles and loudspeakers make it: harmonics that fall more or less steeply, the even
    /// ones weaker or not.
    /// </summary>
    /// <param name="random">Decides the timbre.</param>
    /// <param name="topHz">The highest pitch it will be played at; its harmonics stay below half the sample rate.</param>
    /// <param name="sampleRate">Hz.</param>
    internal static Wavetable Tone(Random random, double topHz, int sampleRate)
    {
        var count = Math.Clamp((int)(0.45 * sampleRate / topHz), 1, 20);
        var power = random.Between(0.4, 1.8);
        var even = random.Between(0.2, 1);
        var harmonics = new double[count];
        for (var h = 0; h < count; h++)
            harmonics[h] = Math.Pow(h + 1, -power) * (h % 2 == 0 ? 1 : even) * random.Between(0.5, 1);
        return new Wavetable(harmonics, random);
    }

    /// <summary>The firing of an engine: a low buzz whose pitch follows the revolutions.</summary>
    /// <param name="random">Decides the timbre.</param>
    /// <param name="samples">Length.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="hz">Firing rate at a time in seconds.</param>
    internal static float[] Firing(Random random, int samples, int sampleRate, Func<double, double> hz)
    {
        var buzz = new float[samples];
        Wavetable.Falling(40, random.Between(0.3, 1.0), random).Add(buzz, sampleRate, hz);
        return Biquad.LowPass(random.Octaves(500, 2500), sampleRate, 0.6).Run(buzz).WithRms(1);
    }

    /// <summary>Tyres, wind and exhaust: broad noise around a centre.</summary>
    internal static float[] Rush(Random random, int samples, int sampleRate, double hz) =>
        Biquad.BandPass(hz, sampleRate, random.Between(0.4, 0.7)).Run(Noise.White(random, samples)).WithRms(1);

    /// <summary>Small wheels on a hard ground: broad noise around a centre.</summary>
    internal static float[] Rolling(Random random, int samples, int sampleRate, double hz) =>
        Biquad.BandPass(hz, sampleRate, random.Between(0.4, 0.9)).Run(Noise.White(random, samples)).WithRms(1);

    /// <summary>A short burst of band-limited noise that rings off: a knock, a click, a clack.</summary>
    /// <param name="random">The noise.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="hz">Centre of its band.</param>
    /// <param name="decaySeconds">In this time it falls by a factor of e.</param>
    internal static float[] Knock(Random random, int sampleRate, double hz, double decaySeconds) =>
        Biquad
            .BandPass(hz, sampleRate, 1)
            .Run(Noise.White(random, (int)(6 * decaySeconds * sampleRate)))
            .Shape(sampleRate, t => Math.Exp(-t / decaySeconds))
            .WithRms(1);
}
