using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Features.Store;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Scoring;
using Sed.Core.Tests.Features.Store;
using Sed.Core.Tests.Training;
using Sed.Core.Training;
using Sed.Core.Training.Optimization;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Golden;

/// <summary>
/// A checkpoint and a feature store that an earlier state of the source wrote stay readable: neither wording nor names of types
/// identify them. The files of this folder are written once and never again.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class GoldenFilesTests : IDisposable
{
    private static readonly DateTime audioTime = new(2026, 1, 2, 3, 4, 6, DateTimeKind.Utc);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_training_continues_from_the_golden_checkpoint()
    {
        File.Copy(Golden("checkpoint.npz"), folder.File("checkpoint.npz"));
        var reports = TrainSmallNetwork(epochs: 2);
        Assert.Equal([1, 2], reports.Select(report => report.Epoch));
        Assert.Equal(1.4494342406590779, reports[0].Loss);
        Assert.Equal(TimeSpan.FromTicks(3_217_525), reports[0].Elapsed);
    }

    [Fact]
    public void The_golden_feature_store_is_read_and_nothing_is_extracted_again()
    {
        var stores = folder.Copy(Golden("store"), "stores");
        // The golden store holds the features of noise; silence would give others.
        using var store = FeatureStore.Open(Corpus(amplitude: 0), SmallFeatures.Options, stores);
        Assert.Equal((2, 50, 10), (store.Count, store.Frames, store.Bands));
        Assert.Empty(store.Broken);
        var row = new float[store.Frames * store.Bands];
        store.Read([1], row);
        Assert.Equal(-1.6951195, row.Average(), 1e-6);
    }

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);

    private IReadOnlyList<EpochReport> TrainSmallNetwork(int epochs)
    {
        Hums hums = new();
        random.manual_seed(1);
        using var network = new SedNetwork(
            hums.Network with
            {
                Layers =
                [
                    new Layer.Convolution(4),
                    new Layer.BandPooling(20),
                    new Layer.BidirectionalGru(4, Merge.Multiply),
                ],
            }
        );
        var options = new TrainingOptions
        {
            Epochs = epochs,
            BatchSize = 8,
            Optimizer = new Optimizer.Adam(0.01),
            Seed = 3,
            Monitor = TagMetrics.F,
        };
        return new Trainer(options, CPU).Train(
            network,
            hums.Clips(Split.Training),
            hums.Evaluator(),
            folder: new TrainingFolder(
                folder.Path,
                "features of the golden checkpoint",
                "data of the golden checkpoint"
            )
            {
                TensorBoard = false,
            }
        );
    }

    private Manifest Corpus(float amplitude)
    {
        List<Clip> clips = [];
        for (var i = 0; i < 2; i++)
        {
            Random random = new(i);
            var path = folder.File("audio", $"clip{i}.wav");
            float[] samples =
            [
                .. Enumerable.Range(0, SmallFeatures.SampleRate).Select(_ => amplitude * (random.NextSingle() - 0.5f)),
            ];
            WavWriter.Write(path, samples, SmallFeatures.SampleRate);
            File.SetLastWriteTimeUtc(path, audioTime);
            clips.Add(
                new Clip
                {
                    Name = $"clip{i}.wav",
                    Source = $"clip{i}",
                    AudioPath = path,
                    AudioBytes = new FileInfo(path).Length,
                    AudioSha256 = new string((char)('0' + i), 64),
                    DurationSeconds = 1,
                    Split = Split.Training,
                    WeakLabels = [],
                }
            );
        }
        return new Manifest("noise", new ClassList(["a"]), SmallFeatures.SampleRate, 1, clips);
    }
}
