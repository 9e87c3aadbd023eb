using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;
using TorchSharp;

namespace Sed.Core.Tests.Features.Store;

/// <summary>Base class of the tests of feature stores: a folder, a corpus of noise and its store.</summary>
public abstract class StoreOfNoise : IDisposable
{
    private protected TemporaryFolder Folder { get; } = new();

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Noise clips of one second, the last ones shorter.</summary>
    private protected Manifest Corpus(int clips)
    {
        List<Clip> list = [];
        for (var i = 0; i < clips; i++)
        {
            Random random = new(i);
            var path = Folder.File("audio", $"clip{i}.wav");
            var samples = new float[i == clips - 1 ? SmallFeatures.SampleRate / 2 : SmallFeatures.SampleRate];
            for (var k = 0; k < samples.Length; k++)
                samples[k] = (float)(random.NextDouble() - 0.5) * (i + 1) / clips;
            WavWriter.Write(path, samples, SmallFeatures.SampleRate);
            list.Add(
                new Clip
                {
                    Name = $"clip{i}.wav",
                    Source = $"clip{i}",
                    AudioPath = path,
                    AudioBytes = new FileInfo(path).Length,
                    DurationSeconds = (double)samples.Length / SmallFeatures.SampleRate,
                    Split = Split.Training,
                    WeakLabels = [],
                }
            );
        }
        return new Manifest("noise", new ClassList(["a"]), SmallFeatures.SampleRate, 1, list);
    }

    private protected FeatureStore Open(
        Manifest corpus,
        Counter? counter = null,
        CancellationToken cancellation = default
    ) =>
        FeatureStore.Open(
            corpus,
            SmallFeatures.Options,
            Folder.File("stores"),
            progress: counter,
            cancellation: cancellation
        );

    private protected static float[] Row(FeatureStore store, int clip)
    {
        var row = new float[store.Frames * store.Bands];
        store.Read([clip], row);
        return row;
    }

    private protected static float[] Direct(Clip clip, LogMelOptions? definition = null)
    {
        var samples = AudioFile.Read(clip.AudioPath, SmallFeatures.SampleRate);
        Array.Resize(ref samples, SmallFeatures.SampleRate);
        using LogMelExtractor extractor = new(definition ?? SmallFeatures.Options);
        using var scope = torch.NewDisposeScope();
        return extractor.Extract(torch.tensor(samples, [1, SmallFeatures.SampleRate])).data<float>().ToArray();
    }

    private protected sealed class Counter(Action? each = null) : IProgress<ExtractionProgress>
    {
        public int Reports { get; private set; }

        public ExtractionProgress Last { get; private set; }

        public void Report(ExtractionProgress value)
        {
            Reports++;
            Last = value;
            each?.Invoke();
        }
    }
}
