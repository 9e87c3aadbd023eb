namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>The four sirens: one kind of tone between 400 and 1600 Hz, told apart by how its pitch moves.</summary>
internal static class SirenVoices
{
    /// <summary>Hi-lo: two steady notes in turn, a third to a fifth apart, a third of a second to a second each.</summary>
    internal static float[] Ambulance(Random random, int samples, int sampleRate)
    {
        var low = random.Octaves(400, 900);
        var high = low * random.Between(1.22, 1.5);
        var period = random.Between(0.7, 1.8);
        var start = random.NextDouble();
        return Play(random, samples, sampleRate, high, t => Motion.Fraction((t / period) + start) < 0.5 ? low : high);
    }

    /// <summary>Wail: one slow climb and fall after the other, four seconds and more each.</summary>
    internal static float[] FireEngine(Random random, int samples, int sampleRate)
    {
        var bottom = random.Octaves(350, 600);
        var top = bottom * random.Between(1.7, 2.4);
        var period = random.Between(3, 6);
        var climb = random.Between(0.3, 0.5);
        var start = random.NextDouble();
        return Play(
            random,
            samples,
            sampleRate,
            top,
            t => bottom * Math.Pow(top / bottom, Motion.Swing((t / period) + start, climb))
        );
    }

    /// <summary>Rotors that take seconds to run up, hold one note for long, and run down again.</summary>
    internal static float[] CivilDefense(Random random, int samples, int sampleRate)
    {
        var pitch = random.Octaves(300, 800);
        var from = random.Between(0.4, 0.6);
        var climb = random.Between(3, 5);
        var hold = random.Between(8, 16);
        var fall = random.Between(4, 6);
        // Somewhere in the round of climb, hold and fall.
        var start = random.Between(0, climb + hold);
        double Speed(double t)
        {
            var place = (t + start) % (climb + hold + fall);
            var up = Math.Min(1, place / climb);
            var down = Math.Max(0, (place - climb - hold) / fall);
            return from + ((1 - from) * Math.Sin(Math.PI / 2 * (up - down)));
        }
        var sound = Play(random, samples, sampleRate, pitch, t => pitch * Speed(t));
        var third = pitch * random.Between(1.18, 1.22);
        var second = Play(random, samples, sampleRate, third, t => third * Speed(t));
        sound.AddAt(second, 0, random.Between(0, 0.9));
        return sound;
    }

    /// <summary>Yelp: sweeps up and down, two to five a second.</summary>
    internal static float[] Police(Random random, int samples, int sampleRate)
    {
        var bottom = random.Octaves(450, 850);
        var top = bottom * random.Between(1.6, 2.3);
        var rate = random.Between(1.8, 4.5);
        var climb = random.Between(0.3, 0.7);
        return Play(
            random,
            samples,
            sampleRate,
            top,
            t => bottom * Math.Pow(top / bottom, Motion.Swing(t * rate, climb))
        );
    }

    private static float[] Play(Random random, int samples, int sampleRate, double topHz, Func<double, double> hz)
    {
        var sound = new float[samples];
        Timbre.Tone(random, topHz, sampleRate).Add(sound, sampleRate, hz);
        return sound;
    }
}
