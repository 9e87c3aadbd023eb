namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>Wheels. They share rolling noise and differ in the rhythm of knocks and ticks.</summary>
internal static class Wheels
{
    /// <summary>Bicycle: tyre noise modulated by the pedal strokes, periods of freewheel ticking, and in some events a bell.</summary>
    internal static float[] Bicycle(Random random, int samples, int sampleRate)
    {
        var pedals = random.Uniform(1.2, 2.2);
        var start = random.NextDouble();
        var sound = Timbre.BandNoise(random, samples, sampleRate, random.LogUniform(2200, 6000), 0.9);
        sound.WithGain(sampleRate, t => 0.25 + (0.75 * Modulation.RaisedCosine((t * pedals) + start)));
        var tick = Timbre.Knock(random, sampleRate, random.LogUniform(3000, 8000), 0.004).WithRms(3);
        var rate = random.Uniform(7, 11);
        var period = random.Uniform(1, 2.5);
        for (var t = random.NextDouble() / rate; t * sampleRate < samples; t += 1 / rate)
            if (Modulation.Phase((t / period) + start) < 0.5)
                sound.AddAt(tick, (int)(t * sampleRate), random.Uniform(0.6, 1));
        if (random.Next(3) == 0)
            AddBell(random, sound, sampleRate);
        return sound;
    }

    /// <summary>Skateboard: steady rolling noise, interrupted by the double knock of pavement seams and by jumps.</summary>
    internal static float[] Skateboard(Random random, int samples, int sampleRate)
    {
        var sound = Timbre.BandNoise(random, samples, sampleRate, random.LogUniform(1200, 3500), 0.9);
        var clack = Timbre.Knock(random, sampleRate, random.LogUniform(700, 2500), 0.015).WithRms(4);
        var seam = random.Uniform(0.3, 0.7);
        var axles = random.Uniform(0.08, 0.14);
        var jump = random.Uniform(0.25, 0.5);
        var next = random.Uniform(0.5, 3);
        for (var t = random.Uniform(0, seam); t * sampleRate < samples; t += seam * random.Uniform(0.8, 1.2))
        {
            sound.AddAt(clack, (int)(t * sampleRate));
            if (t > next)
            {
                Quieten(sound, (int)((t + 0.03) * sampleRate), (int)(jump * sampleRate));
                t += jump;
                next = t + random.Uniform(1.5, 4);
                sound.AddAt(clack, (int)(t * sampleRate), 1.8);
            }
            else
                sound.AddAt(clack, (int)((t + axles) * sampleRate), 0.8);
        }
        return sound;
    }

    /// <summary>Train: the double knock of wheels at rail joints over an engine's rumble.</summary>
    internal static float[] Train(Random random, int samples, int sampleRate)
    {
        var firing = random.LogUniform(25, 60);
        var sound = Timbre.BandNoise(random, samples, sampleRate, random.LogUniform(250, 800), 0.7);
        sound.AddAt(Timbre.Firing(random, samples, sampleRate, _ => firing), 0, random.LogUniform(0.2, 1));
        sound.WithRms(1);
        var knock = Timbre.Knock(random, sampleRate, random.LogUniform(250, 1200), 0.03).WithRms(random.Uniform(2, 4));
        var joint = random.Uniform(0.7, 1.3);
        var axles = random.Uniform(0.18, 0.3) * joint;
        for (var t = random.Uniform(0, joint); t * sampleRate < samples; t += joint)
        {
            sound.AddAt(knock, (int)(t * sampleRate));
            sound.AddAt(knock, (int)((t + axles) * sampleRate), 0.8);
        }
        return sound;
    }

    private static void AddBell(Random random, float[] sound, int sampleRate)
    {
        var pitch = random.Uniform(2000, 3200);
        var ring = new float[sampleRate * 6 / 10];
        new Wavetable([1]).Add(ring, sampleRate, _ => pitch, 2);
        new Wavetable([1]).Add(ring, sampleRate, _ => pitch * 1.47, 1.5);
        ring.WithGain(sampleRate, t => Math.Exp(-t / 0.15));
        sound.AddAt(ring, (int)(random.NextDouble() * sound.Length));
    }

    // During a jump the wheels leave the ground.
    private static void Quieten(float[] sound, int from, int count)
    {
        var end = Math.Min(sound.Length, from + count);
        for (var i = from; i < end; i++)
            sound[i] *= 0.08f;
    }
}
