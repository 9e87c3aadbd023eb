using Sed.Core.Corpora.Synthesis.Voices;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// The way from a source to the microphone: what the air takes from the highs, and the smear of what walls and ground throw
/// back (parallel comb filters, M. R. Schroeder, "Natural sounding artificial reverberation", 1962).
/// </summary>
internal static class Room
{
    // Without a common divisor, so that echoes do not fall together (s).
    private static readonly double[] Delays = [0.0297, 0.0371, 0.0411];

    /// <summary>Sends a sound along a random way, in place.</summary>
    internal static float[] Pass(Random random, float[] sound, int sampleRate)
    {
        Biquad.LowPass(random.Octaves(2500, 16_000), sampleRate, 0.5).Run(sound);
        var wet = random.Between(-0.3, 1);
        if (wet <= 0)
            return sound;
        var size = random.Between(0.7, 1.6);
        var seconds = random.Between(0.2, 1);
        var tail = new float[sound.Length];
        foreach (var delay in Delays)
            Comb(sound, tail, (int)(size * delay * sampleRate), Math.Pow(10, -3 * size * delay / seconds));
        var dry = Signal.Rms(sound);
        sound.AddAt(tail.WithRms(wet * dry), 0);
        return sound;
    }

    // tail += the sound repeated every `delay` samples, each time by `gain` fainter.
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
