namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>
/// The four sirens. They share one kind of tone, with a pitch of about 120 to 2000 Hz, and differ in how the pitch
/// changes.
/// </summary>
internal static class Sirens
{
    /// <summary>Ambulance (hi-lo): two alternating notes, a third to a fifth apart, each 0.35 to 0.9 s long.</summary>
    internal static float[] Ambulance(Random random, int samples, int sampleRate)
    {
        var low = random.LogUniform(400, 900);
        var high = low * random.Uniform(1.22, 1.5);
        var period = random.Uniform(0.7, 1.8);
        var start = random.NextDouble();
        return Tone(random, samples, sampleRate, high, t => Modulation.Phase((t / period) + start) < 0.5 ? low : high);
    }

    /// <summary>Fire engine (wail): a slow rise and fall of pitch, with a period of 3 to 6 s.</summary>
    internal static float[] FireEngine(Random random, int samples, int sampleRate)
    {
        var bottom = random.LogUniform(350, 600);
        var top = bottom * random.Uniform(1.7, 2.4);
        var period = random.Uniform(3, 6);
        var climb = random.Uniform(0.3, 0.5);
        var start = random.NextDouble();
        return Tone(
            random,
            samples,
            sampleRate,
            top,
            t => bottom * Math.Pow(top / bottom, Modulation.Sweep((t / period) + start, climb))
        );
    }

    /// <summary>Civil defense siren: a rotor that speeds up for seconds, holds one note, and slows down.</summary>
    internal static float[] CivilDefense(Random random, int samples, int sampleRate)
    {
        var pitch = random.LogUniform(300, 800);
        var from = random.Uniform(0.4, 0.6);
        var climb = random.Uniform(3, 5);
        var hold = random.Uniform(8, 16);
        var fall = random.Uniform(4, 6);
        // The event starts at a random point of the rise or the hold.
        var start = random.Uniform(0, climb + hold);
        double Speed(double t)
        {
            var position = (t + start) % (climb + hold + fall);
            var up = Math.Min(1, position / climb);
            var down = Math.Max(0, (position - climb - hold) / fall);
            return from + ((1 - from) * Math.Sin(Math.PI / 2 * (up - down)));
        }
        var sound = Tone(random, samples, sampleRate, pitch, t => pitch * Speed(t));
        var third = pitch * random.Uniform(1.18, 1.22);
        var second = Tone(random, samples, sampleRate, third, t => third * Speed(t));
        sound.AddAt(second, 0, random.Uniform(0, 0.9));
        return sound;
    }

    /// <summary>Police car (yelp): 1.8 to 4.5 sweeps per second.</summary>
    internal static float[] Police(Random random, int samples, int sampleRate)
    {
        var bottom = random.LogUniform(450, 850);
        var top = bottom * random.Uniform(1.6, 2.3);
        var rate = random.Uniform(1.8, 4.5);
        var climb = random.Uniform(0.3, 0.7);
        return Tone(
            random,
            samples,
            sampleRate,
            top,
            t => bottom * Math.Pow(top / bottom, Modulation.Sweep(t * rate, climb))
        );
    }

    private static float[] Tone(Random random, int samples, int sampleRate, double topHz, Func<double, double> hz)
    {
        var sound = new float[samples];
        Timbre.Tone(random, topHz, sampleRate).Add(sound, sampleRate, hz);
        return sound;
    }
}
