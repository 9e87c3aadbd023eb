using Sed.Core.Corpora.Synthesis.SoundModels;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// The propagation path from a source to the microphone: attenuation of high frequencies by the air, and reverberation by
/// parallel comb filters (M. R. Schroeder, "Natural sounding artificial reverberation", 1962).
/// </summary>
internal static class Reverberation
{
    // Delays (s) without a common divisor, so that echoes do not coincide.
    private static readonly double[] Delays = [0.0297, 0.0371, 0.0411];

    /// <summary>Applies a random propagation path in place and returns the buffer.</summary>
    internal static float[] Apply(Random random, float[] sound, int sampleRate)
    {
        Biquad.LowPass(random.LogUniform(2500, 16_000), sampleRate, 0.5).Run(sound);
        var wet = random.Uniform(-0.3, 1);
        if (wet <= 0)
            return sound;
        var size = random.Uniform(0.7, 1.6);
        var seconds = random.Uniform(0.2, 1);
        var tail = new float[sound.Length];
        foreach (var delay in Delays)
            Comb(sound, tail, (int)(size * delay * sampleRate), Math.Pow(10, -3 * size * delay / seconds));
        var dry = Signal.Rms(sound);
        sound.AddAt(tail.WithRms(wet * dry), 0);
        return sound;
    }

    // Adds echoes of the sound to the tail, one every `delay` samples, each `gain` times as loud as the one before.
    private static void Comb(float[] sound, float[] tail, int delay, double gain)
    {
        var echo = new float[sound.Length];
        var factor = (float)gain;
        for (var i = delay; i < echo.Length; i++)
        {
            echo[i] = factor * (sound[i - delay] + echo[i - delay]);
            tail[i] += echo[i];
        }
    }
}

/// <summary>
/// The frequency response of a phone, dash cam or recorder: band limits, a spectral tilt, and one or two broad peaks or dips.
/// </summary>
internal static class Microphone
{
    /// <summary>Applies a random response in place and returns the buffer.</summary>
    internal static float[] Apply(Random random, float[] mix, int sampleRate)
    {
        var highPass = Biquad.HighPass(random.LogUniform(30, 200), sampleRate);
        var lowPass = Biquad.LowPass(random.LogUniform(5000, 18_000), sampleRate);
        var tilt = Biquad.HighShelf(random.LogUniform(500, 2500), sampleRate, 0.5, random.Uniform(-8, 8));
        highPass.Run(mix, lowPass);
        tilt.Run(mix, Peak(random, sampleRate));
        if (random.Next(2) == 0)
            Peak(random, sampleRate).Run(mix);
        return mix;
    }

    private static Biquad Peak(Random random, int sampleRate) =>
        Biquad.Peak(random.LogUniform(200, 6000), sampleRate, random.Uniform(0.6, 1.5), random.Uniform(-8, 8));
}
