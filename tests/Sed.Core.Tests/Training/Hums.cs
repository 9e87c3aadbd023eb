using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Training;
using Sed.Core.Training.Clips;

namespace Sed.Core.Tests.Training;

/// <summary>
/// A synthetic corpus of features: noise, with a level offset in the bands of a class during its events.
/// </summary>
internal sealed class Hums : IFeatureReader
{
    public const double HopSeconds = 0.1;

    private static readonly ClassList classes = new(["low", "middle", "high"]);
    private readonly float[] features;

    /// <param name="training">Number of training clips.</param>
    /// <param name="testing">Number of testing clips.</param>
    /// <param name="unknown">Number of testing clips with weak labels only.</param>
    public Hums(int training = 24, int testing = 10, int unknown = 0)
    {
        var draw = new Random(5);
        Count = training + testing;
        features = new float[Count * Frames * Bands];
        List<Clip> clips = [];
        for (var i = 0; i < Count; i++)
        {
            List<SoundEvent> events = [];
            for (var at = 0; at < Frames * Bands; at++)
                features[i * Frames * Bands + at] = draw.NextSingle() - 0.5f;
            for (var k = 0; k < classes.Count; k++)
                if (draw.Next(2) == 0)
                {
                    var (start, length) = (draw.Next(0, 20), draw.Next(5, 20));
                    events.Add(new SoundEvent(start * HopSeconds, (start + length) * HopSeconds, classes[k]));
                    for (var frame = start; frame < start + length; frame++)
                    for (var band = k * 6; band < k * 6 + 6; band++)
                        features[(i * Frames + frame) * Bands + band] += 1.5f;
                }
            clips.Add(
                new Clip
                {
                    Name = $"hum{i}",
                    Source = $"hum{i}",
                    AudioPath = $"hum{i}.wav",
                    AudioBytes = 1000,
                    AudioSha256 = "not read",
                    DurationSeconds = Frames * HopSeconds,
                    Split = i < training ? Split.Training : Split.Testing,
                    WeakLabels = [.. events.Select(sound => sound.Label)],
                    StrongEvents = i >= training && i < training + unknown ? null : events,
                }
            );
        }
        Manifest = new Manifest("Hums", classes, 8000, Frames * HopSeconds, clips);
        Statistics = new BandStatistics(new float[Bands], Enumerable.Repeat(1f, Bands).ToArray());
    }

    public Manifest Manifest { get; }

    public BandStatistics Statistics { get; init; }

    public int Count { get; }

    public int Frames => 40;

    public int Bands => 20;

    public IReadOnlyList<BrokenClip> Broken => [];

    public NetworkDescription Network =>
        new()
        {
            Layers =
            [
                new Layer.Convolution(16),
                new Layer.BandPooling(5),
                new Layer.Convolution(16),
                new Layer.BandPooling(4),
                new Layer.BidirectionalGru(16, Merge.Multiply),
            ],
            Frames = Frames,
            Bands = Bands,
            Classes = classes.Count,
            Dropout = 0.2,
        };

    public ClipSet Clips(Split split, bool resident = true) =>
        new(Manifest, this, Statistics, split)
        {
            LargestResidentShare = resident ? 0.25 : 0,
            Source = new LogMelOptions
            {
                Rate = Manifest.SampleRate,
                BandCount = Bands,
                MaxHz = Manifest.SampleRate / 2.0,
            },
        };

    public Evaluator Evaluator(bool resident = true) =>
        new(Clips(Split.Testing, resident), HopSeconds, new DetectionOptions());

    public int FramesWithSound(int clip) => clip % 5 == 0 ? Frames / 2 : Frames;

    /// <summary>Number of calls of <see cref="Read"/>.</summary>
    public int Reads { get; private set; }

    public void Read(ReadOnlySpan<int> clips, Span<float> destination)
    {
        Reads++;
        var size = Frames * Bands;
        for (var i = 0; i < clips.Length; i++)
            features.AsSpan(clips[i] * size, size).CopyTo(destination[(i * size)..]);
    }
}
