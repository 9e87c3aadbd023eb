namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>Alarms of vehicles: one pitch range, told apart by their rhythm.</summary>
internal static class AlarmVoices
{
    /// <summary>
    /// A car alarm: two patterns of honks, falling chirps or rising sweeps, in turn for a second or two each, several sounds
    /// a second.
    /// </summary>
    internal static float[] CarAlarm(Random random, int samples, int sampleRate)
    {
        var turn = random.Between(1, 2.5);
        (double Pitch, double Rate, double On, double Bend) a = Pattern(random);
        (double Pitch, double Rate, double On, double Bend) b = Pattern(random);
        var start = random.NextDouble();
        (double Pitch, double Rate, double On, double Bend) At(double t) =>
            Motion.Fraction((t / (2 * turn)) + start) < 0.5 ? a : b;
        var top = 2 * Math.Max(a.Pitch, b.Pitch);
        var sound = new float[samples];
        Timbre
            .Tone(random, top, sampleRate)
            .Add(sound, sampleRate, t => At(t).Pitch * Math.Pow(2, At(t).Bend * Motion.Fraction(t * At(t).Rate)));
        return sound.Shape(sampleRate, t => Motion.Pulse(t * At(t).Rate, At(t).On, 0.02));
    }

    /// <summary>A reversing lorry: one pitch, about half a second on and half a second off.</summary>
    internal static float[] ReversingBeeps(Random random, int samples, int sampleRate)
    {
        var pitch = random.Octaves(800, 1800);
        var period = random.Between(0.8, 1.3);
        var on = random.Between(0.35, 0.6);
        var start = random.Between(0, 0.8) * on;
        var sound = new float[samples];
        Timbre.Tone(random, pitch, sampleRate).Add(sound, sampleRate, _ => pitch);
        return sound.Shape(sampleRate, t => Motion.Pulse((t / period) + start, on));
    }

    private static (double Pitch, double Rate, double On, double Bend) Pattern(Random random) =>
        (
            random.Octaves(600, 1300),
            random.Between(2.2, 6),
            random.Between(0.5, 0.95),
            random.Next(2) == 0 ? 0 : random.Between(-0.9, 0.9)
        );
}
