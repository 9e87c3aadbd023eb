using Sed.Core.Corpora.Synthesis.Voices;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// What is heard besides the events: a street far away, and none to two of wind, hum, babble, knocks, birds and music, each
/// for a part of the clip. None of it is one of the classes.
/// </summary>
internal static class Street
{
    private static readonly Func<Random, int, int, float[]>[] Extras = [Wind, Hum, Babble, Knocks, Birds, Music];

    /// <summary>A street and what happens in it.</summary>
    internal static float[] Make(Random random, int samples, int sampleRate)
    {
        var street = Far(random, samples, sampleRate).WithRms(1);
        for (var extras = random.Next(3); extras > 0; extras--)
        {
            Func<Random, int, int, float[]> extra = Extras[random.Next(Extras.Length)];
            var length = (int)(samples * random.Between(0.15, 1));
            var sound = Room.Pass(random, extra(random, length, sampleRate), sampleRate);
            var level = Math.Pow(10, random.Between(-6, 6) / 20);
            street.AddAt(
                sound.WithRms(level).Faded(sampleRate, random.Between(0.02, 1), random.Between(0.02, 1)),
                random.Next(samples - length + 1)
            );
        }
        return street;
    }

    // Noise that falls with frequency, breathing slowly.
    private static float[] Far(Random random, int samples, int sampleRate)
    {
        var street = Biquad.LowPass(random.Octaves(120, 600), sampleRate, 0.5).Run(Noise.White(random, samples));
        var white = Noise.White(random, samples);
        var air = Biquad.LowPass(random.Octaves(1500, 7000), sampleRate, 0.5).Run([.. white]);
        street.WithRms(1).AddAt(air.WithRms(1), 0, random.Between(0.25, 0.8));
        street.AddAt(white, 0, random.Between(0.03, 0.12));
        var rate = random.Between(0.05, 0.3);
        var start = random.NextDouble();
        return street.Shape(sampleRate, t => 0.75 + (0.5 * Motion.Hump((rate * t) + start)));
    }

    // Gusts against the microphone: deep noise that comes and goes unevenly.
    private static float[] Wind(Random random, int samples, int sampleRate)
    {
        var slow = random.Between(0.2, 0.5);
        var fast = random.Between(0.7, 1.6);
        var start = random.NextDouble();
        return Biquad
            .LowPass(random.Octaves(150, 700), sampleRate)
            .Run(Noise.White(random, samples))
            .Shape(sampleRate, t => Math.Pow(Motion.Hump((slow * t) + start) * (0.3 + Motion.Hump(fast * t)), 1.5));
    }

    // A transformer or a fan: steady harmonics of the mains.
    private static float[] Hum(Random random, int samples, int sampleRate)
    {
        double mains = random.Next(2) == 0 ? 100 : 120;
        var sound = new float[samples];
        Timbre.Tone(random, mains * 12, sampleRate).Add(sound, sampleRate, _ => mains);
        return sound;
    }

    // People talking, not to be understood: voices through changing vowels, syllable by syllable, with pauses.
    private static float[] Babble(Random random, int samples, int sampleRate)
    {
        var sound = new float[samples];
        var pitch = random.Octaves(90, 260);
        var vowel = random.Octaves(500, 1500);
        Wavetable voice = Wavetable.Falling(40, 1, random);
        for (double t = 0; t * sampleRate < samples; )
        {
            var seconds = random.Between(0.12, 0.3);
            var bend = random.Between(-0.15, 0.15);
            var hz = pitch * random.Between(0.85, 1.25);
            var syllable = new float[(int)(seconds * sampleRate)];
            voice.Add(syllable, sampleRate, s => hz * (1 + (bend * s / seconds)));
            Biquad.BandPass(vowel * random.Between(0.6, 1.7), sampleRate, 1.5).Run(syllable).WithRms(1);
            sound.AddAt(
                syllable.Shape(sampleRate, s => Math.Sin(Math.PI * s / seconds)),
                (int)(t * sampleRate),
                random.Between(0.4, 1)
            );
            t += seconds + (random.Next(6) == 0 ? random.Between(0.3, 0.9) : random.Between(0, 0.08));
        }
        return sound;
    }

    // Handling, doors, footsteps: knocks of all colours without a rhythm.
    private static float[] Knocks(Random random, int samples, int sampleRate)
    {
        var sound = new float[samples];
        for (double t = 0; t * sampleRate < samples; t += random.Octaves(0.08, 2))
        {
            var knock = Timbre.Knock(random, sampleRate, random.Octaves(150, 6000), random.Octaves(0.004, 0.05));
            sound.AddAt(knock, (int)(t * sampleRate), random.Between(0.2, 1));
        }
        return sound;
    }

    // Whistles of a few tenths of a second, some in quick succession.
    private static float[] Birds(Random random, int samples, int sampleRate)
    {
        var sound = new float[samples];
        Wavetable whistle = new([1, 0.1]);
        var range = random.Octaves(1800, 4500);
        for (double t = 0; t * sampleRate < samples; t += random.Octaves(0.1, 1.5))
        {
            var seconds = random.Between(0.05, 0.25);
            var hz = range * random.Between(0.8, 1.4);
            var bend = random.Between(-0.4, 0.4);
            var call = new float[(int)(seconds * sampleRate)];
            whistle.Add(call, sampleRate, s => hz * (1 + (bend * s / seconds)));
            sound.AddAt(
                call.Shape(sampleRate, s => Math.Sin(Math.PI * s / seconds)),
                (int)(t * sampleRate),
                random.Between(0.4, 1)
            );
        }
        return sound;
    }

    // A radio in a window: a melody of notes from a scale, each struck and dying away.
    private static float[] Music(Random random, int samples, int sampleRate)
    {
        var sound = new float[samples];
        var tonic = random.Octaves(200, 600);
        var beat = random.Between(0.18, 0.5);
        var decay = random.Between(0.1, 0.6);
        int[] scale = [0, 2, 4, 7, 9, 12, 14, 16];
        Wavetable plucked = Timbre.Tone(random, 2.6 * tonic, sampleRate);
        var note = new float[(int)(3 * decay * sampleRate)];
        for (double t = 0; t * sampleRate < samples; t += beat * random.Next(1, 4))
        {
            var hz = tonic * Math.Pow(2, scale[random.Next(scale.Length)] / 12.0);
            Array.Clear(note);
            plucked.Add(note, sampleRate, _ => hz);
            note.Shape(sampleRate, s => Math.Exp(-s / decay)).Faded(sampleRate, 0.005, 0.02);
            sound.AddAt(note, (int)(t * sampleRate), random.Between(0.5, 1));
        }
        return sound;
    }
}
