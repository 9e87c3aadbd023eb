namespace Sed.Core.Corpora.Synthesis;

/// <summary>Sirens, alarms and beepers: told apart by how their pitch moves.</summary>
internal static class SirenVoices
{
    /// <summary>Two tones in turn, a fourth apart, most of a second each.</summary>
    internal static float[] Ambulance(Random random, int samples, int sampleRate)
    {
        double low = random.Between(420, 520);
        double high = low * random.Between(1.31, 1.36);
        double hold = random.Between(0.45, 0.7);
        Wavetable tone = new([1, 0.5, 0.7, 0.2, 0.35, 0.1, 0.15]);
        float[] sound = new float[samples];
        tone.Add(sound, sampleRate, t => (int)(t / hold) % 2 == 0 ? low : high);
        return sound;
    }

    /// <summary>A mechanical siren: a buzzing tone that climbs and falls slowly and low, with an air horn's growl in it.</summary>
    internal static float[] FireEngine(Random random, int samples, int sampleRate)
    {
        double bottom = random.Between(180, 240);
        double top = random.Between(620, 800);
        double period = random.Between(3.5, 5.5);
        double start = random.NextDouble();
        Wavetable tone = Wavetable.Falling(14, 0.8, random);
        float[] sound = new float[samples];
        tone.Add(sound, sampleRate, t => bottom + ((top - bottom) * Hump((t / period) + start)));
        Biquad body = Biquad.BandPass(1100, sampleRate, 0.5);
        return body.Run(sound);
    }

    /// <summary>Two steady rotors a minor third apart, running up over two seconds and then holding.</summary>
    internal static float[] CivilDefense(Random random, int samples, int sampleRate)
    {
        double pitch = random.Between(300, 360);
        double rise = random.Between(1.0, 2.0);
        double from = random.Between(0.5, 0.75);
        Wavetable rotor = new([1, 0.15, 0.3, 0.05, 0.08]);
        float[] sound = new float[samples];
        double Speed(double t) => t < rise ? from + ((1 - from) * Math.Sin(Math.PI / 2 * t / rise)) : 1;
        rotor.Add(sound, sampleRate, t => pitch * Speed(t));
        rotor.Add(sound, sampleRate, t => pitch * 1.2 * Speed(t), 0.9);
        return sound;
    }

    /// <summary>The yelp of an electronic siren: fast sweeps over more than an octave.</summary>
    internal static float[] Police(Random random, int samples, int sampleRate)
    {
        double bottom = random.Between(700, 850);
        double top = random.Between(1500, 1800);
        double rate = random.Between(2.4, 3.6);
        Wavetable tone = new([1, 0.15, 0.45, 0.05, 0.2]);
        float[] sound = new float[samples];
        tone.Add(sound, sampleRate, t => bottom * Math.Pow(top / bottom, Hump(t * rate)));
        return sound;
    }

    /// <summary>Short falling chirps in quick succession, far above every siren.</summary>
    internal static float[] CarAlarm(Random random, int samples, int sampleRate)
    {
        double top = random.Between(3000, 3600);
        double bottom = random.Between(1900, 2300);
        double rate = random.Between(5, 8);
        Wavetable tone = new([1, 0.1, 0.3]);
        float[] sound = new float[samples];
        tone.Add(sound, sampleRate, t => top - ((top - bottom) * Fraction(t * rate)));
        return sound.Shape(sampleRate, t => Fraction(t * rate) < 0.85 ? 1 : 0.05);
    }

    /// <summary>A pure tone, half a second on and half a second off.</summary>
    internal static float[] ReversingBeeps(Random random, int samples, int sampleRate)
    {
        double pitch = random.Between(1150, 1350);
        double period = random.Between(0.8, 1.1);
        Wavetable tone = new([1, 0, 0.12]);
        float[] sound = new float[samples];
        tone.Add(sound, sampleRate, _ => pitch);
        return sound.Shape(sampleRate, t => Fraction(t / period) < 0.5 ? 1 : 0);
    }

    private static double Fraction(double x) => x - Math.Floor(x);

    // 0 at whole numbers, 1 half way between them.
    private static double Hump(double x) => 0.5 - (0.5 * Math.Cos(2 * Math.PI * x));
}
