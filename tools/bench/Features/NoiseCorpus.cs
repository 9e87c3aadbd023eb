using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Features;

namespace Sed.Bench;

/// <summary>Corpus of noise features in memory. Events of a class raise the energy of its bands.</summary>
internal sealed class NoiseCorpus : IFeatureReader
{
    public const double HopSeconds = 0.1;

    private static readonly ClassList classes = new(["low", "middle", "high"]);
    private readonly float[] features;

    public NoiseCorpus(int training, int testing)
    {
        var draw = new Random(5);
        Count = training + testing;
        features = new float[Count * Frames * Bands];
        foreach (ref var value in features.AsSpan())
            value = draw.NextSingle() - 0.5f;
        Manifest = new Manifest(
            "Noise",
            classes,
            8000,
            Frames * HopSeconds,
            [.. Enumerable.Range(0, Count).Select(i => Clip(i, i < training, draw))]
        );
        Statistics = new BandStatistics(new float[Bands], Enumerable.Repeat(1f, Bands).ToArray());
    }

    public Manifest Manifest { get; }

    public BandStatistics Statistics { get; }

    public int Count { get; }

    public int Frames => 100;

    public int Bands => 40;

    public IReadOnlyList<BrokenClip> Broken => [];

    public int FramesWithSound(int clip) => Frames;

    public void Read(ReadOnlySpan<int> clips, Span<float> destination)
    {
        var size = Frames * Bands;
        for (var i = 0; i < clips.Length; i++)
            features.AsSpan(clips[i] * size, size).CopyTo(destination[(i * size)..]);
    }

    private Clip Clip(int index, bool training, Random draw)
    {
        List<SoundEvent> events = [];
        for (var k = 0; k < classes.Count; k++)
            if (draw.Next(2) == 0)
            {
                var (start, length) = (draw.Next(0, 50), draw.Next(10, 50));
                events.Add(new SoundEvent(start * HopSeconds, (start + length) * HopSeconds, classes[k]));
                for (var frame = start; frame < start + length; frame++)
                for (var band = k * 12; band < k * 12 + 12; band++)
                    features[(index * Frames + frame) * Bands + band] += 1;
            }
        return new Clip
        {
            Name = $"noise{index}",
            Source = $"noise{index}",
            AudioPath = $"noise{index}.wav",
            AudioBytes = 1,
            DurationSeconds = Frames * HopSeconds,
            Split = training ? Split.Training : Split.Testing,
            WeakLabels = [.. events.Select(sound => sound.Label)],
            StrongEvents = events,
        };
    }
}
