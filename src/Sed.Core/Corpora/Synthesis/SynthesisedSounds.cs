using System.Globalization;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis.SoundModels;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>Synthesised events and backgrounds of the built-in corpus.</summary>
internal sealed class SynthesisedSounds(int sampleRate) : ISoundSource
{
    // Incremented whenever sound models or mixing change, so that existing corpora are mixed again.
    private const int Version = 4;

    // Largest change of level during an event, from an approaching or receding source (dB).
    private const double MaxApproachDb = 12;

    public IReadOnlyList<(string Id, string Label)> Classes => Dcase2017.Classes;

    public IReadOnlyList<double> Weights { get; } = [.. SmartCarModels.All.Select(model => model.Weight)];

    // Part of a hash, so the words must not change.
    public string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"voices {Version} at {sampleRate} Hz");

    public SourceEvent DrawEvent(Random random, Split split, int label, int maxSamples)
    {
        var model = SmartCarModels.All[label];
        var samples = (int)(model.Seconds(random, (double)maxSamples / sampleRate) * sampleRate);
        var seed = random.Next();
        return new SourceEvent(samples, () => Render(model, new Random(seed), samples));
    }

    public float[] Background(Random random, Split split, int samples) =>
        StreetNoise.Synthesise(random, samples, sampleRate);

    public float[] ApplyMicrophone(Random random, float[] mix) => Microphone.Apply(random, mix, sampleRate);

    private float[] Render(SoundModel model, Random random, int samples)
    {
        var sound = model.Render(random, samples, sampleRate);
        var approach = random.Uniform(-MaxApproachDb, MaxApproachDb) / 20;
        var seconds = (double)samples / sampleRate;
        sound.WithGain(sampleRate, t => Math.Pow(10, approach * ((t / seconds) - 0.5)));
        return Reverberation.Apply(random, sound, sampleRate).Faded(sampleRate, 0.01, 0.02);
    }
}
