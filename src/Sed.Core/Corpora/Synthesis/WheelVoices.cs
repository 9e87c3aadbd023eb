namespace Sed.Core.Corpora.Synthesis;

/// <summary>Wheels without an engine: told apart by the rhythm and colour of their knocks.</summary>
internal static class WheelVoices
{
    /// <summary>A freewheel's ticking, high and dry, with the ring of a small bell.</summary>
    internal static float[] Bicycle(Random random, int samples, int sampleRate)
    {
        double rate = random.Between(14, 26);
        float[] sound = new float[samples];
        float[] tick = Biquad
            .BandPass(random.Between(6500, 8000), sampleRate, 2)
            .Run(Noise.White(random, sampleRate / 100))
            .Shape(sampleRate, t => Math.Exp(-t / 0.002))
            .WithRms(1);
        double slow = random.Between(0.1, 0.3);
        for (double t = 0; t * sampleRate < samples; t += (1 + (slow * Math.Sin(2 * t))) / rate)
            sound.AddAt(tick, (int)(t * sampleRate), random.Between(0.7, 1));
        float[] ring = new float[sampleRate * 6 / 10];
        double pitch = random.Between(2500, 3000);
        new Wavetable([1]).Add(ring, sampleRate, _ => pitch, 0.5);
        new Wavetable([1]).Add(ring, sampleRate, _ => pitch * 1.47, 0.4);
        ring.Shape(sampleRate, t => Math.Exp(-t / 0.15));
        for (double t = random.Between(0, 0.5); t * sampleRate < samples; t += random.Between(0.9, 1.6))
            sound.AddAt(ring, (int)(t * sampleRate));
        return sound;
    }

    /// <summary>Hard small wheels: a grinding band that flutters, broken by the clack of the board.</summary>
    internal static float[] Skateboard(Random random, int samples, int sampleRate)
    {
        double flutter = random.Between(18, 30);
        float[] roll = Biquad.BandPass(random.Between(4200, 5200), sampleRate, 1.0).Run(Noise.White(random, samples));
        roll.Shape(sampleRate, t => 0.4 + (0.6 * Math.Pow(Math.Sin(Math.PI * flutter * t), 2))).WithRms(1);
        float[] clack = Biquad
            .BandPass(random.Between(900, 1300), sampleRate, 1.5)
            .Run(Noise.White(random, sampleRate / 12))
            .Shape(sampleRate, t => Math.Exp(-t / 0.012))
            .WithRms(4);
        for (double t = random.Between(0.1, 0.6); t * sampleRate < samples; t += random.Between(0.5, 1.1))
            roll.AddAt(clack, (int)(t * sampleRate));
        return roll;
    }

    /// <summary>A train: the double knock of its wheels at the rail joints over a deep rumble and a thin flange squeal.</summary>
    internal static float[] Train(Random random, int samples, int sampleRate)
    {
        float[] rumble = Biquad.LowPass(160, sampleRate).Run(Noise.White(random, samples)).WithRms(1);
        float[] knock = Biquad
            .BandPass(random.Between(480, 620), sampleRate, 1.2)
            .Run(Noise.White(random, sampleRate / 8))
            .Shape(sampleRate, t => Math.Exp(-t / 0.03))
            .WithRms(3.5);
        double joint = random.Between(0.55, 0.85);
        for (double t = random.Between(0, 0.3); t * sampleRate < samples; t += joint)
        {
            rumble.AddAt(knock, (int)(t * sampleRate));
            rumble.AddAt(
                knock,
                (int)((t + 0.14) * sampleRate) < samples ? (int)((t + 0.14) * sampleRate) : samples,
                0.8
            );
        }
        float[] squeal = new float[samples];
        double pitch = random.Between(8500, 10_500);
        new Wavetable([1]).Add(squeal, sampleRate, t => pitch * (1 + (0.01 * Math.Sin(40 * t))));
        squeal.Shape(sampleRate, t => 0.6 + (0.4 * Math.Sin(2.3 * t))).WithRms(0.45);
        for (int i = 0; i < samples; i++)
            rumble[i] += squeal[i];
        return rumble;
    }
}
