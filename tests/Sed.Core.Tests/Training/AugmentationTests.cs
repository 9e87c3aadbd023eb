using Sed.Core.Runtime.Keys;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>Requirements that every augmentation must meet.</summary>
[Collection(TorchCollection.Name)]
public sealed class AugmentationTests
{
    private static readonly Augmentation[] examples =
    [
        new Mixup(0.5),
        new MixupPairs(0.5),
        new SpecAugment(4, 3),
        new Stripes(2, 4, 2, 3),
        new TimeShift(5),
    ];

    public static TheoryData<Type> Kinds() =>
        [.. typeof(Augmentation).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Augmentation)))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_augmentation_has_an_example_here_a_stable_key_and_a_summary(Type kind)
    {
        var example = Of(kind);
        Assert.Contains("\"kind\":", CanonicalKey.Text(example));
        Assert.NotEqual("", example.Summary);
        Assert.Empty(example.Problems());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Equal_seeds_give_equal_batches_different_seeds_different_ones_and_the_shapes_of_clips_are_kept(
        Type kind
    )
    {
        Sed.Core.Runtime.Torch.Initialize();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        AugmentedBatch batch = new(randn(6, 20, 8), new BatchTargets(rand(6, 3)));
        var augmentation = Of(kind);
        var first = augmentation.Apply(batch, new Random(1));
        var clips = augmentation is MixupPairs ? 3 : 6;
        Assert.Equal([clips, 20, 8], first.Features.shape);
        Assert.Equal([clips, 3], first.Targets.Tags.shape);
        Assert.True(first.Features.equal(augmentation.Apply(batch, new Random(1)).Features).all().item<bool>());
        Assert.False(first.Features.allclose(augmentation.Apply(batch, new Random(2)).Features));
        if (augmentation.IsPerNetwork)
            Assert.Same(batch.Targets, first.Targets);
    }

    [Fact]
    public void A_frame_of_a_mixed_clip_is_padding_only_if_it_is_padding_in_both_clips()
    {
        Sed.Core.Runtime.Torch.Initialize();
        using var scope = NewDisposeScope();
        var features = zeros(2, 3, 4);
        features[1].fill_(1);
        var sound = tensor(new float[] { 1, 0, 0, 1, 1, 0 }, [2, 3]);
        AugmentedBatch batch = new(features, new BatchTargets(zeros(2, 3)), sound);
        var isMixed = new List<bool>();
        for (var seed = 1; seed <= 8; seed++)
        {
            var mixed = new Mixup(1).Apply(batch, new Random(seed));
            isMixed.Add(mixed.Features[0, 0, 0].item<float>() != 0);
            Assert.Equal(isMixed[^1] ? [1f, 1, 0] : [1f, 0, 0], mixed.Sound![0].data<float>().ToArray());
            Assert.Equal([1f, 1, 0], mixed.Sound[1].data<float>().ToArray());
        }
        Assert.Equal([false, true], isMixed.Distinct().Order());
    }

    private static Augmentation Of(Type kind) => examples.First(example => example.GetType() == kind);
}
