namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>Wheels: rolling and rumbling noise, told apart by the rhythm of what knocks and ticks in it.</summary>
internal static class WheelVoices
{
    /// <summary>A bicycle: tyres that sound with every stroke of the pedals, spells of ticking, and seldom a bell.</summary>
    internal static float[] Bicycle(Random random, int samples, int sampleRate)
    {
        var pedals = random.Between(1.2, 2.2);
        var start = random.NextDouble();
        var sound = Timbre.Rolling(random, samples, sampleRate, random.Octaves(2200, 6000));
        sound.Shape(sampleRate, t => 0.25 + (0.75 * Motion.Hump((t * pedals) + start)));
        var tick = Timbre.Knock(random, sampleRate, random.Octaves(3000, 8000), 0.004).WithRms(3);
        var rate = random.Between(7, 11);
        var spell = random.Between(1, 2.5);
        for (var t = random.NextDouble() / rate; t * sampleRate < samples; t += 1 / rate)
            if (Motion.Fraction((t / spell) + start) < 0.5)
                sound.AddAt(tick, (int)(t * sampleRate), random.Between(0.6, 1));
        if (random.Next(3) == 0)
            Ring(random, sound, sampleRate);
        return sound;
    }

    /// <summary>A skateboard: an even roll broken by the double clack of seams and by jumps.</summary>
    internal static float[] Skateboard(Random random, int samples, int sampleRate)
    {
        var sound = Timbre.Rolling(random, samples, sampleRate, random.Octaves(1200, 3500));
        var clack = Timbre.Knock(random, sampleRate, random.Octaves(700, 2500), 0.015).WithRms(4);
        var seam = random.Between(0.3, 0.7);
        var axles = random.Between(0.08, 0.14);
        var jump = random.Between(0.25, 0.5);
        var next = random.Between(0.5, 3);
        for (var t = random.Between(0, seam); t * sampleRate < samples; t += seam * random.Between(0.8, 1.2))
        {
            sound.AddAt(clack, (int)(t * sampleRate));
            if (t > next)
            {
                Quieten(sound, (int)((t + 0.03) * sampleRate), (int)(jump * sampleRate));
                t += jump;
                next = t + random.Between(1.5, 4);
                sound.AddAt(clack, (int)(t * sampleRate), 1.8);
            }
            else
                sound.AddAt(clack, (int)((t + axles) * sampleRate), 0.8);
        }
        return sound;
    }

    /// <summary>A train: the double knock of its wheels at the rail joints, over a rumble like any engine's.</summary>
    internal static float[] Train(Random random, int samples, int sampleRate)
    {
        var firing = random.Octaves(25, 60);
        var sound = Timbre.Rush(random, samples, sampleRate, random.Octaves(250, 800));
        sound.AddAt(Timbre.Firing(random, samples, sampleRate, _ => firing), 0, random.Octaves(0.2, 1));
        sound.WithRms(1);
        var knock = Timbre.Knock(random, sampleRate, random.Octaves(250, 1200), 0.03).WithRms(random.Between(2, 4));
        var joint = random.Between(0.7, 1.3);
        var axles = random.Between(0.18, 0.3) * joint;
        for (var t = random.Between(0, joint); t * sampleRate < samples; t += joint)
        {
            sound.AddAt(knock, (int)(t * sampleRate));
            sound.AddAt(knock, (int)((t + axles) * sampleRate), 0.8);
        }
        return sound;
    }

    private static void Ring(Random random, float[] sound, int sampleRate)
    {
        var pitch = random.Between(2000, 3200);
        var ring = new float[sampleRate * 6 / 10];
        new Wavetable([1]).Add(ring, sampleRate, _ => pitch, 2);
        new Wavetable([1]).Add(ring, sampleRate, _ => pitch * 1.47, 1.5);
        ring.Shape(sampleRate, t => Math.Exp(-t / 0.15));
        sound.AddAt(ring, (int)(random.NextDouble() * sound.Length));
    }

    // Wheels in the air.
    private static void Quieten(float[] sound, int from, int count)
    {
        var end = Math.Min(sound.Length, from + count);
        for (var i = from; i < end; i++)
            sound[i] *= 0.08f;
    }
}
