namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>Horns and screams. They share the pitch range of the sirens and differ in attack, sustain and release.</summary>
internal static class Horns
{
    // Frequency ratios of the chimes of a K5LA locomotive horn: D sharp, F sharp, G sharp, B, D sharp.
    private static readonly double[] Chimes = [1, 1.19, 1.33, 1.59, 2];

    /// <summary>Train horn: a chord of three to five chimes that swells, holds for seconds, and drops in pitch as the air pressure falls.</summary>
    internal static float[] TrainHorn(Random random, int samples, int sampleRate)
    {
        var root = random.LogUniform(250, 420);
        var blast = random.Uniform(1.2, 3.2);
        var pause = random.Uniform(0.3, 1);
        var start = random.Uniform(0, 0.4) * blast;
        var swell = random.Uniform(0.15, 0.4);
        var sag = random.Uniform(0.04, 0.1);
        double Position(double t) => (t + start) % (blast + pause);
        double Pressure(double t) => Math.Clamp(Math.Min(Position(t), blast - Position(t)) / swell, 0, 1);
        var chime = Timbre.Tone(random, 2 * root, sampleRate);
        var sound = new float[samples];
        var first = random.Next(3);
        foreach (var ratio in Chimes[first..])
        {
            var hz = root * ratio * random.Uniform(0.99, 1.01);
            chime.Add(sound, sampleRate, t => hz * (1 - sag + (sag * Pressure(t))), 1, random.NextDouble());
        }
        return sound.WithGain(sampleRate, Pressure);
    }

    /// <summary>Air horn: short, irregular blasts of one to three notes in quick succession, with abrupt onsets.</summary>
    internal static float[] AirHorn(Random random, int samples, int sampleRate)
    {
        var root = random.LogUniform(300, 600);
        var reed = Timbre.Tone(random, 1.5 * root, sampleRate);
        var sound = new float[samples];
        var notes = random.Next(1, 4);
        foreach (var ratio in ((double[])[1, 1.26, 1.5])[..notes])
            reed.Add(sound, sampleRate, _ => root * ratio, 1, random.NextDouble());
        var longest = random.Uniform(0.4, 1);
        var shortest = 0.4 * longest;
        for (
            var t = random.Uniform(shortest, longest);
            t * sampleRate < samples;
            t += random.Uniform(shortest, longest)
        )
        {
            var pause = random.Uniform(0.12, 0.35);
            Mute(sound, (int)(t * sampleRate), (int)(pause * sampleRate), sampleRate / 100);
            t += pause;
        }
        return sound;
    }

    /// <summary>Screaming: cries of 0.5 to 1.6 s with two formants, rising pitch and vibrato.</summary>
    internal static float[] Screaming(Random random, int samples, int sampleRate)
    {
        var pitch = random.LogUniform(500, 1200);
        var cry = random.Uniform(0.5, 1.6);
        var pause = random.Uniform(0.15, 0.5);
        var rise = random.Uniform(1.2, 1.7);
        var tremor = random.Uniform(5, 9);
        var start = random.Uniform(0, 0.3) * cry;
        double Position(double t) => (t + start) % (cry + pause) / cry;
        double Pitch(double t) =>
            pitch
            * (1 + ((rise - 1) * Math.Sin(Math.PI * Math.Min(1, Position(t)))))
            * (1 + (0.05 * Math.Sin(2 * Math.PI * tremor * t)));
        var voice = new float[samples];
        Timbre.Tone(random, pitch * rise, sampleRate).Add(voice, sampleRate, Pitch);
        voice.WithRms(1);
        voice.AddAt(Noise.White(random, samples), 0, random.Uniform(0.2, 0.8));
        var open = Biquad.BandPass(random.Uniform(1100, 1900), sampleRate, 1).Run([.. voice]);
        var bright = Biquad.BandPass(random.Uniform(2500, 4200), sampleRate, 1).Run(voice);
        open.AddAt(bright, 0, random.Uniform(0.3, 1));
        return open.WithGain(sampleRate, t => Position(t) < 1 ? Math.Sqrt(Math.Sin(Math.PI * Position(t))) : 0.02);
    }

    // Fades at both ends of the pause prevent clicks.
    private static void Mute(float[] sound, int from, int count, int fade)
    {
        var end = Math.Min(sound.Length, from + count);
        for (var i = from; i < end; i++)
            sound[i] *= (float)Math.Max(0, 1 - ((double)Math.Min(i - from, from + count - i) / fade));
    }
}
