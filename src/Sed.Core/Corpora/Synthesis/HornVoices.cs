namespace Sed.Core.Corpora.Synthesis;

/// <summary>Horns and a voice: held, rich tones.</summary>
internal static class HornVoices
{
    /// <summary>A five-note chord (D sharp, F sharp, G sharp, B, D sharp: a K5LA's) that swells and holds.</summary>
    internal static float[] TrainHorn(Random random, int samples, int sampleRate)
    {
        double tuning = random.Between(0.94, 1.06);
        Wavetable bell = Wavetable.Falling(12, 0.6, random);
        float[] sound = new float[samples];
        foreach (double hz in (double[])[311, 370, 415, 494, 622])
        {
            double detuned = hz * tuning * random.Between(0.995, 1.005);
            bell.Add(sound, sampleRate, t => detuned * (1 - (0.03 * Math.Exp(-t / 0.08))), 1, random.NextDouble());
        }
        return sound.Shape(sampleRate, t => 1 - Math.Exp(-t / 0.08));
    }

    /// <summary>Two low notes a third apart, hard and bright, in blasts.</summary>
    internal static float[] AirHorn(Random random, int samples, int sampleRate)
    {
        double pitch = random.Between(150, 190);
        double blast = random.Between(0.5, 1.0);
        Wavetable reed = Wavetable.Falling(40, 0.25, random);
        float[] sound = new float[samples];
        reed.Add(sound, sampleRate, _ => pitch);
        reed.Add(sound, sampleRate, _ => pitch * 1.26, 0.9, 0.3);
        sound = Biquad.HighPass(500, sampleRate).Run(sound);
        return sound.Shape(sampleRate, t => t % blast < 0.8 * blast ? 1 : 0.02);
    }

    /// <summary>A scream: a high, rough voice that rises and breaks, through two open formants.</summary>
    internal static float[] Screaming(Random random, int samples, int sampleRate)
    {
        double pitch = random.Between(750, 1150);
        double seconds = (double)samples / sampleRate;
        double rise = random.Between(1.1, 1.4);
        double tremor = random.Between(9, 16);
        Wavetable folds = Wavetable.Falling(10, 0.5, random);
        float[] voice = new float[samples];
        double Pitch(double t) =>
            pitch
            * (1 + ((rise - 1) * Math.Sin(Math.PI * Math.Min(1, t / seconds))))
            * (1 + (0.04 * Math.Sin(2 * Math.PI * tremor * t)));
        folds.Add(voice, sampleRate, Pitch);
        float[] breath = Noise.White(random, samples);
        for (int i = 0; i < samples; i++)
            voice[i] += 0.5f * breath[i];
        float[] open = Biquad.BandPass(random.Between(1500, 1900), sampleRate, 1.5).Run([.. voice]);
        float[] bright = Biquad.BandPass(random.Between(3200, 4200), sampleRate, 1.5).Run(voice);
        for (int i = 0; i < samples; i++)
            open[i] += 0.8f * bright[i];
        return open.Shape(sampleRate, t => 0.7 + (0.3 * Math.Sin(2 * Math.PI * 0.37 * tremor * t)));
    }
}
