using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Features.Combined;
using Sed.Core.Features.LogMel;
using Sed.Core.Networks;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class StripesTests
{
    private const int Clips = 2000;
    private const int Frames = 20;
    private const int Bands = 8;

    private static AugmentedBatch Ones(int clips = Clips)
    {
        Sed.Core.Runtime.Torch.Initialize();
        return new(ones(clips, Frames, Bands), new BatchTargets(ones(clips, 3)));
    }

    /// <summary>Positions that are masked, per clip, along an axis of which whole lines are masked.</summary>
    private static int[][] Masked(Tensor features, int axis)
    {
        var lines = features.amax([axis == 1 ? 2 : 1]).contiguous();
        var length = (int)lines.shape[1];
        return
        [
            .. lines
                .data<float>()
                .ToArray()
                .Chunk(length)
                .Select(clip => clip.Index().Where(at => at.Item == 0).Select(at => at.Index).ToArray()),
        ];
    }

    [Theory]
    [InlineData(1, Frames)]
    [InlineData(2, Bands)]
    public void Widths_are_below_the_maximum_and_the_last_position_is_never_masked(int axis, int length)
    {
        using var scope = NewDisposeScope();
        var stripes = axis == 1 ? new Stripes(1, 6, 0, 0) : new Stripes(0, 0, 1, 6);
        var masked = Masked(stripes.Apply(Ones(), new Random(1)).Features, axis);
        Assert.All(masked, one => Assert.True(one.Length == 0 || one[^1] - one[0] == one.Length - 1));
        // Each width has a probability of 1 in 6: 333 clips, standard deviation 17.
        var counts = masked.CountBy(one => one.Length).OrderBy(count => count.Key).ToArray();
        Assert.Equal([0, 1, 2, 3, 4, 5], counts.Select(count => count.Key));
        Assert.All(counts, count => Assert.InRange(count.Value, 250, 420));
        // A stripe of one frame starts at every position except the last.
        Assert.Equal(
            Enumerable.Range(0, length - 1),
            masked.Where(one => one.Length == 1).Select(one => one[0]).Distinct().Order()
        );
    }

    [Fact]
    public void Several_stripes_are_drawn_on_each_axis()
    {
        using var scope = NewDisposeScope();
        var features = new Stripes(2, 4, 3, 2).Apply(Ones(), new Random(1)).Features;
        var (frames, bands) = (Masked(features, 1), Masked(features, 2));
        Assert.Equal(6, frames.Max(one => one.Length));
        Assert.Equal(3, bands.Max(one => one.Length));
        Assert.Contains(frames, one => one.Length == 2 && one[1] > one[0] + 1);
    }

    [Fact]
    public void Stripes_wider_than_a_clip_leave_its_last_frame()
    {
        using var scope = NewDisposeScope();
        var masked = Masked(new Stripes(5, 1000, 0, 0).Apply(Ones(200), new Random(1)).Features, 1);
        Assert.Contains(masked, one => one.Length == Frames - 1);
        Assert.All(masked, one => Assert.DoesNotContain(Frames - 1, one));
    }

    [Fact]
    public void Stripes_are_applied_where_they_are_listed()
    {
        using var scope = NewDisposeScope();
        MixupPairs mixup = new(1);
        Stripes stripes = new(2, 8, 2, 4);
        var before = new AugmentationPipeline([stripes, mixup]).Shared(Ones(64), new Random(1)).Features;
        var after = new AugmentationPipeline([mixup, stripes]).Shared(Ones(64), new Random(1)).Features;
        // The mean of two clips is partly masked where one of them is masked.
        Assert.True(before.gt(0.01).logical_and(before.lt(0.99)).any().item<bool>());
        Assert.False(after.gt(0.01).logical_and(after.lt(0.99)).any().item<bool>());
    }

    [Fact]
    public void Impossible_stripes_are_reported()
    {
        Assert.Equal(
            [
                "0 time stripes and 0 frequency stripes; give 0 or more of each, and at least one stripe",
                "the time stripes are narrower than 1 frames; nothing is masked; give at least 2, for example `stripes 2 64 2 8`",
            ],
            new Stripes[] { new(0, 4, 0, 4), new(1, 1, 0, 0) }.SelectMany(stripes =>
                stripes.Problems().Select(problem => problem.ToString())
            )
        );
    }

    [Fact]
    public void Training_masks_the_energies_of_several_feature_sources()
    {
        Sed.Core.Runtime.Torch.Initialize();
        Hums hums = new(12, 4);
        LogMelOptions mel = new() { Rate = 8000, MaxHz = 4000 };
        CombinedFeatures both = new([
            new("samples", new SampleFrames(8000, hums.Bands - 5)),
            new("mel", mel with { BandCount = 5 }),
        ]);
        Assert.NotEqual(Loss(mel with { BandCount = hums.Bands }), Loss(both));

        double Loss(FeatureSource source)
        {
            random.manual_seed(1);
            using SedNetwork network = new(hums.Network);
            using ClipSet clips = new(hums.Manifest, hums, hums.Statistics, Split.Training) { Source = source };
            TrainingOptions options = new()
            {
                Epochs = 1,
                BatchSize = 4,
                Augmentations = [new Stripes(0, 0, 2, 100)],
                Monitor = TagMetrics.F,
            };
            return new Trainer(options, CPU).Train(network, clips, hums.Evaluator())[^1].Loss;
        }
    }
}
