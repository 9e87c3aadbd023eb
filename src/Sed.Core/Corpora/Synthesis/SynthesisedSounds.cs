using System.Globalization;
using Sed.Core.Corpora.Synthesis.Voices;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>Events and backgrounds out of thin air.</summary>
internal sealed class SynthesisedSounds(int sampleRate) : ISoundSource
{
    // Raise it when any voice or the mixing changes: corpora of an older kind are then made anew.
    private const int Version = 4;

    // How much nearer or farther a source comes while it is heard (dB between start and end).
    private const double MostApproachDb = 12;

    public IReadOnlyList<(string Id, string Label)> Classes { get; } =
    [.. SmartCarVoices.All.Select(voice => (voice.Id, voice.Label))];

    public IReadOnlyList<double> Weights { get; } = [.. SmartCarVoices.All.Select(voice => voice.Weight)];

    public string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"voices {Version} at {sampleRate} Hz");

    public Take Event(Random random, Split split, int label, int mostSamples)
    {
        Voice voice = SmartCarVoices.All[label];
        var samples = (int)(voice.Seconds(random, (double)mostSamples / sampleRate) * sampleRate);
        var seed = random.Next();
        return new Take(samples, () => Play(voice, new Random(seed), samples));
    }

    public float[] Background(Random random, Split split, int samples) => Street.Make(random, samples, sampleRate);

    public float[] Recorded(Random random, float[] mix) => Microphone.Record(random, mix, sampleRate);

    private float[] Play(Voice voice, Random random, int samples)
    {
        var sound = voice.Play(random, samples, sampleRate);
        var approach = random.Between(-MostApproachDb, MostApproachDb) / 20;
        var seconds = (double)samples / sampleRate;
        sound.Shape(sampleRate, t => Math.Pow(10, approach * ((t / seconds) - 0.5)));
        return Room.Pass(random, sound, sampleRate).Faded(sampleRate, 0.01, 0.02);
    }
}
