namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>Vehicle alarms. They share one pitch range and differ in rhythm.</summary>
internal static class Alarms
{
    /// <summary>
    /// Car alarm: two alternating patterns of honks, falling chirps or rising sweeps. Each pattern lasts 1 to 2.5 s and has
    /// several sounds per second.
    /// </summary>
    internal static float[] CarAlarm(Random random, int samples, int sampleRate)
    {
        var turn = random.Uniform(1, 2.5);
        (double Pitch, double Rate, double On, double Bend) a = Pattern(random);
        (double Pitch, double Rate, double On, double Bend) b = Pattern(random);
        var start = random.NextDouble();
        (double Pitch, double Rate, double On, double Bend) At(double t) =>
            Modulation.Phase((t / (2 * turn)) + start) < 0.5 ? a : b;
        var top = 2 * Math.Max(a.Pitch, b.Pitch);
        var sound = new float[samples];
        Timbre
            .Tone(random, top, sampleRate)
            .Add(sound, sampleRate, t => At(t).Pitch * Math.Pow(2, At(t).Bend * Modulation.Phase(t * At(t).Rate)));
        return sound.WithGain(sampleRate, t => Modulation.Pulse(t * At(t).Rate, At(t).On, 0.02));
    }

    /// <summary>Reversing beeps: a tone of constant pitch, about 0.5 s on and 0.5 s off.</summary>
    internal static float[] ReversingBeeps(Random random, int samples, int sampleRate)
    {
        var pitch = random.LogUniform(800, 1800);
        var period = random.Uniform(0.8, 1.3);
        var on = random.Uniform(0.35, 0.6);
        var start = random.Uniform(0, 0.8) * on;
        var sound = new float[samples];
        Timbre.Tone(random, pitch, sampleRate).Add(sound, sampleRate, _ => pitch);
        return sound.WithGain(sampleRate, t => Modulation.Pulse((t / period) + start, on));
    }

    private static (double Pitch, double Rate, double On, double Bend) Pattern(Random random) =>
        (
            random.LogUniform(600, 1300),
            random.Uniform(2.2, 6),
            random.Uniform(0.5, 0.95),
            random.Next(2) == 0 ? 0 : random.Uniform(-0.9, 0.9)
        );
}
