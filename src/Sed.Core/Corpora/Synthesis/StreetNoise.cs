using Sed.Core.Corpora.Synthesis.SoundModels;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Synthesised backgrounds: distant traffic, plus up to two of the following, each for part of the clip: wind, hum,
/// babble, knocks, birdsong, music. None of these sounds is one of the classes.
/// </summary>
internal static class StreetNoise
{
    private static readonly Func<Random, int, int, float[]>[] Additions = [Wind, Hum, Babble, Knocks, Birds, Music];

    /// <summary>A background of the given length in samples.</summary>
    internal static float[] Synthesise(Random random, int samples, int sampleRate)
    {
        var street = DistantTraffic(random, samples, sampleRate).WithRms(1);
        for (var additions = random.Next(3); additions > 0; additions--)
        {
            var addition = Additions[random.Next(Additions.Length)];
            var length = (int)(samples * random.Uniform(0.15, 1));
            var sound = Reverberation.Apply(random, addition(random, length, sampleRate), sampleRate);
            var level = Math.Pow(10, random.Uniform(-6, 6) / 20);
            street.AddAt(
                sound.WithRms(level).Faded(sampleRate, random.Uniform(0.02, 1), random.Uniform(0.02, 1)),
                random.Next(samples - length + 1)
            );
        }
        return street;
    }

    // Noise whose spectrum falls with frequency and whose level varies slowly.
    private static float[] DistantTraffic(Random random, int samples, int sampleRate)
    {
        var street = Biquad.LowPass(random.LogUniform(120, 600), sampleRate, 0.5).Run(Noise.White(random, samples));
        var white = Noise.White(random, samples);
        var air = Biquad.LowPass(random.LogUniform(1500, 7000), sampleRate, 0.5).Run([.. white]);
        street.WithRms(1).AddAt(air.WithRms(1), 0, random.Uniform(0.25, 0.8));
        street.AddAt(white, 0, random.Uniform(0.03, 0.12));
        var rate = random.Uniform(0.05, 0.3);
        var start = random.NextDouble();
        return street.WithGain(sampleRate, t => 0.75 + (0.5 * Modulation.RaisedCosine((rate * t) + start)));
    }

    // Gusts at the microphone: low-frequency noise with an irregular envelope.
    private static float[] Wind(Random random, int samples, int sampleRate)
    {
        var slow = random.Uniform(0.2, 0.5);
        var fast = random.Uniform(0.7, 1.6);
        var start = random.NextDouble();
        return Biquad
            .LowPass(random.LogUniform(150, 700), sampleRate)
            .Run(Noise.White(random, samples))
            .WithGain(
                sampleRate,
                t =>
                    Math.Pow(
                        Modulation.RaisedCosine((slow * t) + start) * (0.3 + Modulation.RaisedCosine(fast * t)),
                        1.5
                    )
            );
    }

    // A transformer or a fan: constant harmonics of the mains frequency.
    private static float[] Hum(Random random, int samples, int sampleRate)
    {
        double mains = random.Next(2) == 0 ? 100 : 120;
        var sound = new float[samples];
        Timbre.Tone(random, mains * 12, sampleRate).Add(sound, sampleRate, _ => mains);
        return sound;
    }

    // Unintelligible speech: syllables of a voice with changing vowels, separated by pauses.
    private static float[] Babble(Random random, int samples, int sampleRate)
    {
        var sound = new float[samples];
        var pitch = random.LogUniform(90, 260);
        var vowel = random.LogUniform(500, 1500);
        var voice = Wavetable.Falling(40, 1, random);
        for (double t = 0; t * sampleRate < samples; )
        {
            var seconds = random.Uniform(0.12, 0.3);
            var bend = random.Uniform(-0.15, 0.15);
            var hz = pitch * random.Uniform(0.85, 1.25);
            var syllable = new float[(int)(seconds * sampleRate)];
            voice.Add(syllable, sampleRate, s => hz * (1 + (bend * s / seconds)));
            Biquad.BandPass(vowel * random.Uniform(0.6, 1.7), sampleRate, 1.5).Run(syllable).WithRms(1);
            sound.AddAt(
                syllable.WithGain(sampleRate, s => Math.Sin(Math.PI * s / seconds)),
                (int)(t * sampleRate),
                random.Uniform(0.4, 1)
            );
            t += seconds + (random.Next(6) == 0 ? random.Uniform(0.3, 0.9) : random.Uniform(0, 0.08));
        }
        return sound;
    }

    // Handling noise, doors and footsteps: knocks of random timbre at random times.
    private static float[] Knocks(Random random, int samples, int sampleRate)
    {
        var sound = new float[samples];
        for (double t = 0; t * sampleRate < samples; t += random.LogUniform(0.08, 2))
        {
            var knock = Timbre.Knock(random, sampleRate, random.LogUniform(150, 6000), random.LogUniform(0.004, 0.05));
            sound.AddAt(knock, (int)(t * sampleRate), random.Uniform(0.2, 1));
        }
        return sound;
    }

    // Birdsong: whistles of 0.05 to 0.25 s, some in quick succession.
    private static float[] Birds(Random random, int samples, int sampleRate)
    {
        var sound = new float[samples];
        Wavetable whistle = new([1, 0.1]);
        var range = random.LogUniform(1800, 4500);
        for (double t = 0; t * sampleRate < samples; t += random.LogUniform(0.1, 1.5))
        {
            var seconds = random.Uniform(0.05, 0.25);
            var hz = range * random.Uniform(0.8, 1.4);
            var bend = random.Uniform(-0.4, 0.4);
            var call = new float[(int)(seconds * sampleRate)];
            whistle.Add(call, sampleRate, s => hz * (1 + (bend * s / seconds)));
            sound.AddAt(
                call.WithGain(sampleRate, s => Math.Sin(Math.PI * s / seconds)),
                (int)(t * sampleRate),
                random.Uniform(0.4, 1)
            );
        }
        return sound;
    }

    // A distant radio: a melody of decaying notes from a pentatonic scale.
    private static float[] Music(Random random, int samples, int sampleRate)
    {
        var sound = new float[samples];
        var tonic = random.LogUniform(200, 600);
        var beat = random.Uniform(0.18, 0.5);
        var decay = random.Uniform(0.1, 0.6);
        int[] scale = [0, 2, 4, 7, 9, 12, 14, 16];
        var plucked = Timbre.Tone(random, 2.6 * tonic, sampleRate);
        var note = new float[(int)(3 * decay * sampleRate)];
        for (double t = 0; t * sampleRate < samples; t += beat * random.Next(1, 4))
        {
            var hz = tonic * Math.Pow(2, scale[random.Next(scale.Length)] / 12.0);
            Array.Clear(note);
            plucked.Add(note, sampleRate, _ => hz);
            note.WithGain(sampleRate, s => Math.Exp(-s / decay)).Faded(sampleRate, 0.005, 0.02);
            sound.AddAt(note, (int)(t * sampleRate), random.Uniform(0.5, 1));
        }
        return sound;
    }
}
