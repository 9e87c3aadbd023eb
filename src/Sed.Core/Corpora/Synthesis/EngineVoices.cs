namespace Sed.Core.Corpora.Synthesis;

/// <summary>Engines: told apart by firing rate, brightness and what accompanies them.</summary>
internal static class EngineVoices
{
    /// <summary>A car under way: a smooth hum over tyre noise around 1 kHz.</summary>
    internal static float[] Car(Random random, int samples, int sampleRate)
    {
        double firing = random.Between(70, 110);
        double drift = random.Between(-0.1, 0.1);
        double seconds = (double)samples / sampleRate;
        float[] sound = new float[samples];
        Wavetable.Falling(6, 1.2, random).Add(sound, sampleRate, t => firing * (1 + (drift * t / seconds)));
        float[] tyres = Biquad.BandPass(random.Between(800, 1100), sampleRate, 0.6).Run(Noise.White(random, samples));
        return Mix(sound.WithRms(1), tyres.WithRms(1.1));
    }

    /// <summary>A car going by: a rush of wide noise that swells and dies away, brightest and falling in pitch at the middle.</summary>
    internal static float[] CarPassingBy(Random random, int samples, int sampleRate)
    {
        double seconds = (double)samples / sampleRate;
        double middle = seconds * random.Between(0.42, 0.58);
        double width = seconds * random.Between(0.16, 0.22);
        float[] rush = Noise.White(random, samples);
        float[] bright = Biquad.BandPass(2600, sampleRate, 0.45).Run([.. rush]);
        bright.Shape(sampleRate, t => Math.Exp(-Math.Pow((t - middle) / (0.7 * width), 2)));
        float[] dark = Biquad.BandPass(700, sampleRate, 0.6).Run(rush);
        dark.Shape(sampleRate, t => 0.08 + Math.Exp(-Math.Pow((t - middle) / width, 2)));
        float[] hum = new float[samples];
        double firing = random.Between(120, 160);
        Wavetable
            .Falling(5, 1.0, random)
            .Add(hum, sampleRate, t => firing * (1 - (0.08 * Math.Tanh((t - middle) / (0.3 * width)))));
        hum.Shape(sampleRate, t => Math.Exp(-Math.Pow((t - middle) / width, 2)));
        return Mix(Mix(dark.WithRms(1), bright.WithRms(0.9)), hum.WithRms(0.3));
    }

    /// <summary>A city bus: a slow diesel, a whining gear, and now and then the hiss of its brakes.</summary>
    internal static float[] Bus(Random random, int samples, int sampleRate)
    {
        double firing = random.Between(28, 36);
        float[] diesel = new float[samples];
        Wavetable.Falling(16, 0.7, random).Add(diesel, sampleRate, t => firing * (1 + (0.02 * Math.Sin(5 * t))));
        float[] whine = new float[samples];
        double gear = random.Between(560, 700);
        double climb = random.Between(0.05, 0.12);
        Wavetable.Falling(3, 1.5).Add(whine, sampleRate, t => gear * (1 + (climb * (t % 3))));
        float[] hiss = Biquad.HighPass(5000, sampleRate).Run(Noise.White(random, samples));
        double period = random.Between(1.6, 2.6);
        double first = random.Between(0, 0.8);
        hiss.Shape(sampleRate, t => t < first ? 0 : Math.Exp(-((t - first) % period) / 0.25));
        return Mix(Mix(diesel.WithRms(1), whine.WithRms(0.5)), hiss.WithRms(0.7));
    }

    /// <summary>A lorry: a heavy diesel that knocks, with a rattle in the low middle at every stroke.</summary>
    internal static float[] Truck(Random random, int samples, int sampleRate)
    {
        double firing = random.Between(17, 24);
        float[] knock = new float[samples];
        Wavetable.Falling(40, 0.3, null).Add(knock, sampleRate, t => firing * (1 + (0.03 * Math.Sin(2 * t))));
        knock = Biquad.LowPass(420, sampleRate).Run(knock);
        float[] rattle = Biquad.BandPass(random.Between(300, 420), sampleRate, 1.2).Run(Noise.White(random, samples));
        rattle.Shape(sampleRate, t => 0.25 + Math.Exp(-(t * firing / 2 % 1) / 0.25));
        return Mix(knock.WithRms(1), rattle.WithRms(0.9));
    }

    /// <summary>A motorcycle: a loud, raspy single that revs up and drops with each gear.</summary>
    internal static float[] Motorcycle(Random random, int samples, int sampleRate)
    {
        double low = random.Between(75, 95);
        double high = low * random.Between(1.8, 2.4);
        double gear = random.Between(1.0, 1.8);
        float[] sound = new float[samples];
        Wavetable.Falling(36, 0.35, random).Add(sound, sampleRate, t => low + ((high - low) * (t % gear) / gear));
        float[] rasp = Noise.White(random, samples);
        for (int i = 0; i < samples; i++)
            sound[i] *= 1 + (0.5f * rasp[i]);
        return Biquad.BandPass(1700, sampleRate, 0.5).Run(sound);
    }

    private static float[] Mix(float[] sound, float[] other)
    {
        for (int i = 0; i < sound.Length; i++)
            sound[i] += other[i];
        return sound;
    }
}
