namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>Horns and a voice: rich tones in the range of the sirens, told apart by how they set in, hold and end.</summary>
internal static class HornVoices
{
    // Bells of a locomotive's horn: D sharp, F sharp, G sharp, B, D sharp (a K5LA's) as ratios.
    private static readonly double[] Bells = [1, 1.19, 1.33, 1.59, 2];

    /// <summary>A chord of three to five bells that swells, holds for seconds, and sags as the air runs out.</summary>
    internal static float[] TrainHorn(Random random, int samples, int sampleRate)
    {
        double root = random.Octaves(250, 420);
        double blast = random.Between(1.2, 3.2);
        double pause = random.Between(0.3, 1);
        double start = random.Between(0, 0.4) * blast;
        double swell = random.Between(0.15, 0.4);
        double sag = random.Between(0.04, 0.1);
        double Place(double t) => (t + start) % (blast + pause);
        double Pressure(double t) => Math.Clamp(Math.Min(Place(t), blast - Place(t)) / swell, 0, 1);
        Wavetable bell = Timbre.Tone(random, 2 * root, sampleRate);
        float[] sound = new float[samples];
        int first = random.Next(3);
        foreach (double ratio in Bells[first..])
        {
            double hz = root * ratio * random.Between(0.99, 1.01);
            bell.Add(sound, sampleRate, t => hz * (1 - sag + (sag * Pressure(t))), 1, random.NextDouble());
        }
        return sound.Shape(sampleRate, Pressure);
    }

    /// <summary>One to three notes in short blasts with hard edges, in quick succession and uneven.</summary>
    internal static float[] AirHorn(Random random, int samples, int sampleRate)
    {
        double root = random.Octaves(300, 600);
        Wavetable reed = Timbre.Tone(random, 1.5 * root, sampleRate);
        float[] sound = new float[samples];
        int notes = random.Next(1, 4);
        foreach (double ratio in ((double[])[1, 1.26, 1.5])[..notes])
            reed.Add(sound, sampleRate, _ => root * ratio, 1, random.NextDouble());
        double longest = random.Between(0.4, 1);
        double shortest = 0.4 * longest;
        for (
            double t = random.Between(shortest, longest);
            t * sampleRate < samples;
            t += random.Between(shortest, longest)
        )
        {
            double pause = random.Between(0.12, 0.35);
            Silence(sound, (int)(t * sampleRate), (int)(pause * sampleRate), sampleRate / 100);
            t += pause;
        }
        return sound;
    }

    /// <summary>Screams: cries of a second or two through two open formants, rising, trembling and breaking off.</summary>
    internal static float[] Screaming(Random random, int samples, int sampleRate)
    {
        double pitch = random.Octaves(500, 1200);
        double cry = random.Between(0.5, 1.6);
        double pause = random.Between(0.15, 0.5);
        double rise = random.Between(1.2, 1.7);
        double tremor = random.Between(5, 9);
        double start = random.Between(0, 0.3) * cry;
        double Place(double t) => (t + start) % (cry + pause) / cry;
        double Pitch(double t) =>
            pitch
            * (1 + ((rise - 1) * Math.Sin(Math.PI * Math.Min(1, Place(t)))))
            * (1 + (0.05 * Math.Sin(2 * Math.PI * tremor * t)));
        float[] voice = new float[samples];
        Timbre.Tone(random, pitch * rise, sampleRate).Add(voice, sampleRate, Pitch);
        voice.WithRms(1);
        voice.AddAt(Noise.White(random, samples), 0, random.Between(0.2, 0.8));
        float[] open = Biquad.BandPass(random.Between(1100, 1900), sampleRate, 1).Run([.. voice]);
        float[] bright = Biquad.BandPass(random.Between(2500, 4200), sampleRate, 1).Run(voice);
        open.AddAt(bright, 0, random.Between(0.3, 1));
        return open.Shape(sampleRate, t => Place(t) < 1 ? Math.Sqrt(Math.Sin(Math.PI * Place(t))) : 0.02);
    }

    // A gap with flanks, so that it does not click.
    private static void Silence(float[] sound, int from, int count, int flank)
    {
        int end = Math.Min(sound.Length, from + count);
        for (int i = from; i < end; i++)
            sound[i] *= (float)Math.Max(0, 1 - ((double)Math.Min(i - from, from + count - i) / flank));
    }
}
