using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>Requirements that every augmentation must meet.</summary>
[Collection(TorchCollection.Name)]
public sealed class AugmentationTests
{
    private const int Clips = 6;
    private const int Frames = 20;
    private const int Bands = 8;

    private static readonly LogMelOptions features = new()
    {
        Rate = 8000,
        BandCount = Bands,
        MaxHz = 4000,
    };

    private static readonly Augmentation[] examples =
    [
        new Mixup(0.5),
        new MixupPairs(0.5),
        new SpecAugment(4, 3),
        new Stripes(2, 4, 2, 3),
        new TimeShift(5),
        new TimeMask(0.1, 0.5),
        new Gain(-6, 6),
        new Noise(6, 30),
        new FeatureNoise(6, 30),
        new FilterAugment(-6, 6, FilterShape.Linear, 2, 3, 2),
        new FrequencyWarp(0.6),
        new MixStyle(0.3),
        new Overlay(0, 10),
        new Sometimes(0.9, new Gain(-6, 6)),
        new Views([new SpecAugment(4, 3), new Gain(-6, 6)]),
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
        Assert.Empty(example.ProblemsWith(features));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Equal_seeds_give_equal_batches_different_seeds_different_ones_and_the_shapes_of_clips_are_kept(
        Type kind
    )
    {
        using var scope = NewDisposeScope();
        var batch = Batch(Standardisation.TrainingSet);
        var augmentation = Of(kind);
        var first = augmentation.Apply(batch, new Random(1));
        var clips = augmentation is MixupPairs ? Clips / 2 : Clips;
        Assert.Equal([clips, Frames, Bands], first.Features.shape);
        Assert.Equal([clips, 3], first.Targets.Tags.shape);
        Assert.True(first.Features.equal(augmentation.Apply(batch, new Random(1)).Features).all().item<bool>());
        Assert.False(first.Features.allclose(augmentation.Apply(batch, new Random(2)).Features));
        if (!augmentation.ChangesLabels)
        {
            Assert.Same(batch.Targets, first.Targets);
            Assert.Same(batch.Sound, first.Sound);
        }
        if (augmentation.IsPerNetwork || augmentation.CombinesClips)
            Assert.Equal(augmentation.CombinesClips, augmentation.ChangesLabels);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_batch_is_not_changed_in_place(Type kind)
    {
        using var scope = NewDisposeScope();
        var batch = Batch(Standardisation.Clip);
        Tensor[] All() =>
            [
                batch.Features,
                batch.Targets.Tags,
                batch.Targets.Frames!,
                batch.Sound!,
                batch.Scale!.Kept!,
                batch.Scale.Means,
            ];
        Tensor[] before = [.. All().Select(tensor => tensor.clone())];
        Of(kind).Apply(batch, new Random(1));
        foreach (var (was, stays) in before.Zip(All()))
            Assert.True(was.equal(stays).all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Padding_and_masked_values_are_0_and_the_scale_knows_them(Type kind)
    {
        using var scope = NewDisposeScope();
        foreach (var standardisation in (Standardisation[])[Standardisation.TrainingSet, Standardisation.Clip])
            for (var seed = 1; seed <= 3; seed++)
            {
                var changed = Of(kind).Apply(Batch(standardisation), new Random(seed));
                var kept = changed.Scale!.Kept!.expand_as(changed.Features);
                Assert.Equal(0, changed.Features.masked_select(kept.eq(zeros_like(kept))).abs().sum().item<float>());
                Assert.True(changed.Features.isfinite().all().item<bool>());
            }
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

    /// <summary>Random features with two short clips, frame labels and all masks.</summary>
    private static AugmentedBatch Batch(Standardisation kind)
    {
        Sed.Core.Runtime.Torch.Initialize();
        random.manual_seed(1);
        var sound = ones(Clips, Frames);
        sound[1].narrow(0, 10, 10).fill_(0);
        sound[4].narrow(0, 15, 5).fill_(0);
        long[] statistics = kind == Standardisation.Clip ? [Clips, 1, 1] : [1, 1, Bands];
        FeatureScale scale = new(
            kind,
            randn(statistics),
            rand(statistics) + ones(1),
            sound.unsqueeze(2),
            features.Energies
        );
        var values = randn(Clips, Frames, Bands) * scale.Kept!;
        return new(values, new BatchTargets(rand(Clips, 3), Frames: rand(Clips, Frames, 3)), sound, 1, scale);
    }

    private static Augmentation Of(Type kind) => examples.First(example => example.GetType() == kind);
}
