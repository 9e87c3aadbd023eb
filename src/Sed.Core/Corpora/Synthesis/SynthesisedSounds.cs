using System.Globalization;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>Events and backgrounds out of thin air.</summary>
internal sealed class SynthesisedSounds(int sampleRate) : ISoundSource
{
    // Raise it when any voice or the mixing changes: corpora of an older kind are then made anew.
    private const int Version = 1;

    public IReadOnlyList<(string Id, string Label)> Classes { get; } =
    [.. SmartCarVoices.All.Select(voice => (voice.Id, voice.Label))];

    public IReadOnlyList<double> Weights { get; } = [.. SmartCarVoices.All.Select(voice => voice.Weight)];

    public string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"voices {Version} at {sampleRate} Hz");

    public float[] Event(Random random, Split split, int label, int mostSamples)
    {
        Voice voice = SmartCarVoices.All[label];
        int samples = (int)(random.Between(voice.MinSeconds, voice.MaxSeconds) * sampleRate);
        return voice.Play(random, Math.Min(samples, mostSamples), sampleRate).Faded(sampleRate, 0.01, 0.02);
    }

    /// <summary>A street far away: noise that falls with frequency, breathing slowly.</summary>
    public float[] Background(Random random, Split split, int samples)
    {
        float[] rumble = Biquad.LowPass(random.Between(150, 500), sampleRate, 0.5).Run(Noise.White(random, samples));
        float[] air = Biquad.LowPass(random.Between(2000, 7000), sampleRate, 0.5).Run(Noise.White(random, samples));
        float[] floor = Noise.White(random, samples);
        rumble.WithRms(1);
        air.WithRms(random.Between(0.25, 0.7));
        floor.WithRms(random.Between(0.03, 0.08));
        for (int i = 0; i < samples; i++)
            rumble[i] += air[i] + floor[i];
        double rate = random.Between(0.05, 0.3);
        double phase = random.NextDouble();
        return rumble.Shape(sampleRate, t => 1 + (0.25 * Math.Sin(2 * Math.PI * ((rate * t) + phase))));
    }
}
