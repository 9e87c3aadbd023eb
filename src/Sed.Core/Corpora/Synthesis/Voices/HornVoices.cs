namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>Horns and a voice: rich tones in the range of the sirens, told apart by how they set in, hold and end.</summary>
internal static class HornVoices
{
    // Bells of a locomotive's horn: D sharp, F sharp, G sharp, B, D sharp (a K5LA's) as ratios.
    private static readonly double[] Bells = [1, 1.19, 1.33, 1.59, 2];

    /// <summary>A chord of three to five bells that swells, holds for seconds, and sags as the air runs out.</summary>
    internal static float[] TrainHorn(Random random, int samples, int sampleRate)
    {
        var root = random.Octaves(250, 420);
        var blast = random.Between(1.2, 3.2);
        var pause = random.Between(0.3, 1);
        var start = random.Between(0, 0.4) * blast;
        var swell = random.Between(0.15, 0.4);
        var sag = random.Between(0.04, 0.1);
        double Place(double t) => (t + start) % (blast + pause);
        double Pressure(double t) => Math.Clamp(Math.Min(Place(t), blast - Place(t)) / swell, 0, 1);
        Wavetable bell = Timbre.Tone(random, 2 * root, sampleRate);
        var sound = new float[samples];
        var first = random.Next(3);
        foreach (var ratio in Bells[first..])
        {
            var hz = root * ratio * random.Between(0.99, 1.01);
            bell.Add(sound, sampleRate, t => hz * (1 - sag + (sag * Pressure(t))), 1, random.NextDouble());
        }
        return sound.Shape(sampleRate, Pressure);
    }

    /// <summary>One to three notes in short blasts with hard edges, in quick succession and uneven.</summary>
    internal static float[] AirHorn(Random random, int samples, int sampleRate)
    {
        var root = random.Octaves(300, 600);
        Wavetable reed = Timbre.Tone(random, 1.5 * root, sampleRate);
        var sound = new float[samples];
        var notes = random.Next(1, 4);
        foreach (var ratio in ((double[])[1, 1.26, 1.5])[..notes])
            reed.Add(sound, sampleRate, _ => root * ratio, 1, random.NextDouble());
        var longest = random.Between(0.4, 1);
        var shortest = 0.4 * longest;
        for (
            var t = random.Between(shortest, longest);
            t * sampleRate < samples;
            t += random.Between(shortest, longest)
        )
        {
            var pause = random.Between(0.12, 0.35);
            Silence(sound, (int)(t * sampleRate), (int)(pause * sampleRate), sampleRate / 100);
            t += pause;
        }
        return sound;
    }

    /// <summary>Screams: cries of a second or two through two open formants, rising, trembling and breaking off.</summary>
    internal static float[] Screaming(Random random, int samples, int sampleRate)
    {
        var pitch = random.Octaves(500, 1200);
        var cry = random.Between(0.5, 1.6);
        var pause = random.Between(0.15, 0.5);
        var rise = random.Between(1.2, 1.7);
        var tremor = random.Between(5, 9);
        var start = random.Between(0, 0.3) * cry;
        double Place(double t) => (t + start) % (cry + pause) / cry;
        double Pitch(double t) =>
            pitch
            * (1 + ((rise - 1) * Math.Sin(Math.PI * Math.Min(1, Place(t)))))
            * (1 + (0.05 * Math.Sin(2 * Math.PI * tremor * t)));
        var voice = new float[samples];
        Timbre.Tone(random, pitch * rise, sampleRate).Add(voice, sampleRate, Pitch);
        voice.WithRms(1);
        voice.AddAt(Noise.White(random, samples), 0, random.Between(0.2, 0.8));
        var open = Biquad.BandPass(random.Between(1100, 1900), sampleRate, 1).Run([.. voice]);
        var bright = Biquad.BandPass(random.Between(2500, 4200), sampleRate, 1).Run(voice);
        open.AddAt(bright, 0, random.Between(0.3, 1));
        return open.Shape(sampleRate, t => Place(t) < 1 ? Math.Sqrt(Math.Sin(Math.PI * Place(t))) : 0.02);
    }

    // A gap with flanks, so that it does not click.
    private static void Silence(float[] sound, int from, int count, int flank)
    {
        var end = Math.Min(sound.Length, from + count);
        for (var i = from; i < end; i++)
            sound[i] *= (float)Math.Max(0, 1 - ((double)Math.Min(i - from, from + count - i) / flank));
    }
}
