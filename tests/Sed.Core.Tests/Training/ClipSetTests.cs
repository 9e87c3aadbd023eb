using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Clips;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class ClipSetTests
{
    private static readonly TrainingOptions options = new()
    {
        Epochs = 3,
        BatchSize = 7,
        Seed = 3,
    };

    public ClipSetTests() => Torch.Initialize();

    [Fact]
    public void Features_that_do_not_fit_the_device_are_read_ahead_with_identical_training_results()
    {
        Hums kept = new(),
            read = new();
        var (expected, weights) = Train(kept, options, resident: true);
        Assert.Equal((expected, weights), Train(read, options, resident: false));
        Assert.Equal(2, kept.Reads); // one read for all training clips and one for all testing clips
        Assert.Equal(3 * (4 + 2), read.Reads); // one read per batch in each of three epochs
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Batches_contain_the_standardised_features_and_the_labels_of_the_requested_clips(bool resident)
    {
        Hums hums = new() { Statistics = Halves() };
        using var scope = NewDisposeScope();
        using var clips = hums.Clips(Split.Testing, resident);
        int[] order = [3, 0, 9, 9, 1];
        List<int> seen = [];
        foreach (var batch in clips.Batches(order, 2, CPU))
        {
            var features = batch.Features();
            Assert.Equal([batch.Clips.Length, hums.Frames, hums.Bands], features.shape);
            var labels = clips.Labels(batch.Clips, CPU);
            for (var i = 0; i < batch.Clips.Length; i++)
            {
                Assert.True(features[i].equal(clips.FeaturesOf(batch.Clips[i], CPU)).all().item<bool>());
                var tags = hums.Manifest.Clips[24 + batch.Clips[i]].WeakLabels;
                Assert.Equal(clips.Classes.Select(k => tags.Contains(k) ? 1f : 0), labels[i].data<float>().ToArray());
            }
            seen.AddRange(batch.Clips);
        }
        Assert.Equal(order, seen);
        var raw = new float[hums.Frames * hums.Bands];
        hums.Read([24 + 3], raw);
        Assert.Equal((raw[0] - 0.5f) / 2, clips.FeaturesOf(3, CPU)[0, 0].item<float>());
    }

    [Theory]
    [InlineData(Standardisation.TrainingSet)]
    [InlineData(Standardisation.Clip)]
    [InlineData(Standardisation.None)]
    public void The_scale_of_a_batch_restores_the_features_before_the_standardisation(Standardisation kind)
    {
        Hums hums = new() { Statistics = kind == Standardisation.TrainingSet ? Halves() : Of(kind) };
        using var scope = NewDisposeScope();
        using var clips = hums.Clips(Split.Testing);
        int[] order = [3, 0, 9, 1]; // the clip at 1 is row 25, which is half as long as the others
        foreach (var batch in clips.Batches(order, 4, CPU))
        {
            var scale = clips.ScaleOf(batch.Clips, CPU);
            var restored = scale.Values(batch.Features());
            for (var i = 0; i < order.Length; i++)
            {
                var raw = new float[hums.Frames * hums.Bands];
                hums.Read([24 + order[i]], raw);
                var sound = hums.FramesWithSound(24 + order[i]);
                var expected = tensor(raw, [hums.Frames, hums.Bands]).narrow(0, 0, sound);
                Assert.True(restored[i].narrow(0, 0, sound).allclose(expected, 1e-5, 1e-5));
                Assert.Equal(sound, scale.Kept![i].sum().item<float>());
            }
        }

        BandStatistics Of(Standardisation standardisation) =>
            standardisation == Standardisation.Clip
                ? BandStatistics.OfEachClip(new Hums().Bands)
                : BandStatistics.Unchanged(new Hums().Bands);
    }

    [Fact]
    public void The_order_of_an_epoch_consists_of_positions_in_the_set()
    {
        Hums hums = new();
        using var clips = hums.Clips(Split.Testing);
        var shuffled = clips.Order(ClipOrder.Shuffled, 1, 2);
        Assert.Equal(EpochOrder.Shuffled([.. Enumerable.Range(0, 10)], 1, 2), shuffled);
        var balanced = clips.Order(ClipOrder.Balanced, 1, 2);
        int[] rows = [.. Enumerable.Range(24, 10)];
        Assert.Equal(EpochOrder.Balanced(hums.Manifest, rows, 1, 2).Select(row => row - 24), balanced);
    }

    [Fact]
    public void Training_follows_the_chosen_order_of_clips()
    {
        var shuffled = Train(new(), options, resident: true);
        var balanced = options with { Order = ClipOrder.Balanced };
        Assert.NotEqual(shuffled, Train(new(), balanced, resident: true));
        Assert.Equal(Train(new(), balanced, resident: true), Train(new(), balanced, resident: false));
    }

    [Fact]
    public void The_standardisation_is_saved_and_a_checkpoint_with_another_one_is_rejected()
    {
        using var folder = new TemporaryFolder();
        TrainingFolder kept = new(folder.Path, "features", "data");
        Train(new(), options with { Epochs = 1 }, resident: true, kept);
        var read = BandStatistics.Read(kept.StandardisationFile);
        Assert.Equal(new Hums().Statistics.Means, read.Means);
        Assert.Equal(new Hums().Statistics.Deviations, read.Deviations);
        Hums others = new() { Statistics = Halves() };
        var error = Assert.Throws<TrainingException>(() => Train(others, options, resident: true, kept));
        Assert.Contains("standardisation: the checkpoint has ", error.Message);
        Assert.Equal(read.Hash(), BandStatistics.Read(kept.StandardisationFile).Hash());
    }

    /// <summary>Band statistics with means of 0.5 and deviations of 2.</summary>
    private static BandStatistics Halves() => new([.. Enumerable.Repeat(0.5f, 20)], [.. Enumerable.Repeat(2f, 20)]);

    private static (string Losses, string Weights) Train(
        Hums hums,
        TrainingOptions options,
        bool resident,
        TrainingFolder? folder = null
    )
    {
        random.manual_seed(1);
        using SedNetwork network = new(hums.Network);
        using var clips = hums.Clips(Split.Training, resident);
        var reports = new Trainer(options with { Monitor = TagMetrics.F - SegmentMetrics.ErrorRate }, CPU).Train(
            network,
            clips,
            hums.Evaluator(resident),
            folder: folder
        );
        return (
            string.Join(' ', reports.Select(report => $"{report.Loss:R} {report.Monitor:R}")),
            string.Join(' ', NetworkWeights.Of(network).Select(entry => Convert.ToHexString(entry.Value.Bytes)))
        );
    }
}
