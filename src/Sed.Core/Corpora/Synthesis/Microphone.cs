using Sed.Core.Corpora.Synthesis.Voices;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// What phones, dash cams and recorders make of a sound: the limits of their band, a tilt, and a broad peak or dip or two.
/// </summary>
internal static class Microphone
{
    /// <summary>Records with a random one, in place.</summary>
    internal static float[] Record(Random random, float[] mix, int sampleRate)
    {
        Biquad lowest = Biquad.HighPass(random.Octaves(30, 200), sampleRate);
        Biquad highest = Biquad.LowPass(random.Octaves(5000, 18_000), sampleRate);
        Biquad tilt = Biquad.HighShelf(random.Octaves(500, 2500), sampleRate, 0.5, random.Between(-8, 8));
        lowest.Run(mix, highest);
        tilt.Run(mix, Peak(random, sampleRate));
        if (random.Next(2) == 0)
            Peak(random, sampleRate).Run(mix);
        return mix;
    }

    private static Biquad Peak(Random random, int sampleRate) =>
        Biquad.Peak(random.Octaves(200, 6000), sampleRate, random.Between(0.6, 1.5), random.Between(-8, 8));
}
