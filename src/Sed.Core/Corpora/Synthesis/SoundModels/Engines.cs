namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>Engines. They share a low rumble and differ in engine speed, gear changes, level and additional sounds.</summary>
internal static class Engines
{
    /// <summary>Car: a steady sound that hardly changes over seconds.</summary>
    internal static float[] Car(Random random, int samples, int sampleRate)
    {
        var firing = random.LogUniform(40, 110);
        var period = random.Uniform(6, 15);
        var start = random.NextDouble();
        double Sway(double t) => 1 + (0.06 * Math.Sin(2 * Math.PI * ((t / period) + start)));
        return Engine(random, samples, sampleRate, random.LogUniform(500, 1500), t => firing * Sway(t), Sway);
    }

    /// <summary>
    /// Cars passing by: each one grows louder for one to two seconds and fades again. Its pitch falls as it passes, and it is
    /// brightest at the closest point.
    /// </summary>
    internal static float[] CarPassingBy(Random random, int samples, int sampleRate)
    {
        var seconds = (double)samples / sampleRate;
        var apart = random.Uniform(3.5, 6);
        var width = random.Uniform(0.5, 1.1);
        var firing = random.LogUniform(50, 130);
        // The first car passes within the event; the others follow at equal intervals.
        var first = random.Uniform(0.3, 0.7) * Math.Min(seconds, apart);
        double Distance(double t) => ((t - first + (1.5 * apart)) % apart - (apart / 2)) / width;
        double Proximity(double t) => 1 / (1 + Math.Pow(Distance(t), 2));
        var sound = Engine(
            random,
            samples,
            sampleRate,
            random.LogUniform(600, 2000),
            t => firing * (1 - (0.08 * Math.Tanh(2 * Distance(t)))),
            t => 0.04 + Math.Pow(Proximity(t), 1.5)
        );
        var hiss = Biquad.BandPass(random.LogUniform(1500, 4000), sampleRate, 0.5).Run(Noise.White(random, samples));
        sound.AddAt(hiss.WithRms(1).WithGain(sampleRate, t => Math.Pow(Proximity(t), 3)), 0, random.Uniform(0.3, 0.8));
        return sound;
    }

    /// <summary>
    /// City bus: accelerates through its gears, so that engine speed and level rise and drop repeatedly, with the hiss of air
    /// brakes.
    /// </summary>
    internal static float[] Bus(Random random, int samples, int sampleRate)
    {
        var firing = random.LogUniform(28, 60);
        var gear = random.Uniform(1.8, 3.2);
        var reach = random.Uniform(1.6, 2.2);
        var start = random.NextDouble();
        double Speed(double t) => 1 + ((reach - 1) * Modulation.Phase((t / gear) + start));
        var power = random.Uniform(1, 2);
        var sound = Engine(
            random,
            samples,
            sampleRate,
            random.LogUniform(350, 1000),
            t => firing * Speed(t),
            t => Math.Pow(Speed(t) / reach, power)
        );
        var hiss = Biquad
            .HighPass(random.Uniform(2500, 4500), sampleRate)
            .Run(Noise.White(random, sampleRate * 8 / 10));
        hiss.WithGain(sampleRate, t => Math.Exp(-t / 0.25)).Faded(sampleRate, 0.03, 0.1).WithRms(1);
        for (var t = random.Uniform(0, 2.5); t * sampleRate < samples; t += random.Uniform(2.5, 5))
            sound.AddAt(hiss, (int)(t * sampleRate), random.Uniform(0.4, 1));
        return sound;
    }

    /// <summary>Truck: a slow diesel engine with separate strokes, about three to five per second.</summary>
    internal static float[] Truck(Random random, int samples, int sampleRate)
    {
        var firing = random.LogUniform(25, 60);
        var stroke = random.Uniform(2.5, 5.5);
        var sway = random.Uniform(4, 9);
        double Strokes(double t) => stroke * (t + (0.1 * Math.Sin(2 * Math.PI * t / sway)));
        var depth = random.Uniform(0.6, 0.9);
        return Engine(
            random,
            samples,
            sampleRate,
            random.LogUniform(300, 900),
            t => firing * (1 + (0.05 * Modulation.RaisedCosine(Strokes(t)))),
            t => 1 - depth + (depth * Math.Pow(Modulation.RaisedCosine(Strokes(t)), 2))
        );
    }

    /// <summary>Motorcycle: engine speed rises and falls about once per second; the level follows it.</summary>
    internal static float[] Motorcycle(Random random, int samples, int sampleRate)
    {
        var firing = random.LogUniform(60, 140);
        var reach = random.Uniform(1.8, 3);
        var period = random.Uniform(0.6, 1.6);
        var climb = random.Uniform(0.3, 0.7);
        var start = random.NextDouble();
        double Speed(double t) => Modulation.Sweep((t / period) + start, climb);
        return Engine(
            random,
            samples,
            sampleRate,
            random.LogUniform(500, 1500),
            t => firing * (1 + ((reach - 1) * Speed(t))),
            t => 0.2 + (0.8 * Speed(t))
        );
    }

    // A random mixture of the engine's firing and broadband noise, multiplied by the level at each time.
    private static float[] Engine(
        Random random,
        int samples,
        int sampleRate,
        double noiseHz,
        Func<double, double> hz,
        Func<double, double> level
    )
    {
        var sound = Timbre.Firing(random, samples, sampleRate, hz);
        sound.AddAt(Timbre.BandNoise(random, samples, sampleRate, noiseHz, 0.7), 0, random.LogUniform(0.4, 1.5));
        return sound.WithGain(sampleRate, level);
    }
}
