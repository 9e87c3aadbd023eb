namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>Engines: one kind of low rumble, told apart by revolutions, gears, level and what comes in between.</summary>
internal static class EngineVoices
{
    /// <summary>A car under way: even, with hardly a change for seconds.</summary>
    internal static float[] Car(Random random, int samples, int sampleRate)
    {
        var firing = random.Octaves(40, 110);
        var period = random.Between(6, 15);
        var start = random.NextDouble();
        double Sway(double t) => 1 + (0.06 * Math.Sin(2 * Math.PI * ((t / period) + start)));
        return Engine(random, samples, sampleRate, random.Octaves(500, 1500), t => firing * Sway(t), Sway);
    }

    /// <summary>
    /// Cars going by: each swells over a second or two and dies away, falling in pitch and brightest when it is near.
    /// </summary>
    internal static float[] CarPassingBy(Random random, int samples, int sampleRate)
    {
        var seconds = (double)samples / sampleRate;
        var apart = random.Between(3.5, 6);
        var width = random.Between(0.5, 1.1);
        var firing = random.Octaves(50, 130);
        // The first one is nearest somewhere inside the event; the others follow one by one.
        var first = random.Between(0.3, 0.7) * Math.Min(seconds, apart);
        double Distance(double t) => ((t - first + (1.5 * apart)) % apart - (apart / 2)) / width;
        double Near(double t) => 1 / (1 + Math.Pow(Distance(t), 2));
        var sound = Engine(
            random,
            samples,
            sampleRate,
            random.Octaves(600, 2000),
            t => firing * (1 - (0.08 * Math.Tanh(2 * Distance(t)))),
            t => 0.04 + Math.Pow(Near(t), 1.5)
        );
        var hiss = Biquad.BandPass(random.Octaves(1500, 4000), sampleRate, 0.5).Run(Noise.White(random, samples));
        sound.AddAt(hiss.WithRms(1).Shape(sampleRate, t => Math.Pow(Near(t), 3)), 0, random.Between(0.3, 0.8));
        return sound;
    }

    /// <summary>
    /// A city bus: pulls away through its gears, revolutions and level climbing and dropping, and hisses with its brakes.
    /// </summary>
    internal static float[] Bus(Random random, int samples, int sampleRate)
    {
        var firing = random.Octaves(28, 60);
        var gear = random.Between(1.8, 3.2);
        var reach = random.Between(1.6, 2.2);
        var start = random.NextDouble();
        double Revs(double t) => 1 + ((reach - 1) * Motion.Fraction((t / gear) + start));
        var power = random.Between(1, 2);
        var sound = Engine(
            random,
            samples,
            sampleRate,
            random.Octaves(350, 1000),
            t => firing * Revs(t),
            t => Math.Pow(Revs(t) / reach, power)
        );
        var hiss = Biquad
            .HighPass(random.Between(2500, 4500), sampleRate)
            .Run(Noise.White(random, sampleRate * 8 / 10));
        hiss.Shape(sampleRate, t => Math.Exp(-t / 0.25)).Faded(sampleRate, 0.03, 0.1).WithRms(1);
        for (var t = random.Between(0, 2.5); t * sampleRate < samples; t += random.Between(2.5, 5))
            sound.AddAt(hiss, (int)(t * sampleRate), random.Between(0.4, 1));
        return sound;
    }

    /// <summary>A lorry: a slow diesel whose strokes are heard one by one, three to five a second.</summary>
    internal static float[] Truck(Random random, int samples, int sampleRate)
    {
        var firing = random.Octaves(25, 60);
        var stroke = random.Between(2.5, 5.5);
        var sway = random.Between(4, 9);
        double Strokes(double t) => stroke * (t + (0.1 * Math.Sin(2 * Math.PI * t / sway)));
        var depth = random.Between(0.6, 0.9);
        return Engine(
            random,
            samples,
            sampleRate,
            random.Octaves(300, 900),
            t => firing * (1 + (0.05 * Motion.Hump(Strokes(t)))),
            t => 1 - depth + (depth * Math.Pow(Motion.Hump(Strokes(t)), 2))
        );
    }

    /// <summary>A motorcycle: revved up and let go again and again, a second or so each, loud at the top.</summary>
    internal static float[] Motorcycle(Random random, int samples, int sampleRate)
    {
        var firing = random.Octaves(60, 140);
        var reach = random.Between(1.8, 3);
        var period = random.Between(0.6, 1.6);
        var climb = random.Between(0.3, 0.7);
        var start = random.NextDouble();
        double Revs(double t) => Motion.Swing((t / period) + start, climb);
        return Engine(
            random,
            samples,
            sampleRate,
            random.Octaves(500, 1500),
            t => firing * (1 + ((reach - 1) * Revs(t))),
            t => 0.2 + (0.8 * Revs(t))
        );
    }

    // Firing and rush in any proportion, both at the level that the engine has at a time.
    private static float[] Engine(
        Random random,
        int samples,
        int sampleRate,
        double rushHz,
        Func<double, double> hz,
        Func<double, double> level
    )
    {
        var sound = Timbre.Firing(random, samples, sampleRate, hz);
        sound.AddAt(Timbre.Rush(random, samples, sampleRate, rushHz), 0, random.Octaves(0.4, 1.5));
        return sound.Shape(sampleRate, level);
    }
}
