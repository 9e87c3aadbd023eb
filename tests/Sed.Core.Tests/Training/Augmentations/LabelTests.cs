using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training.Augmentations;

/// <summary>Labels of augmented batches.</summary>
[Collection(TorchCollection.Name)]
public sealed class LabelTests
{
    private const int Outputs = 10;
    private const int Step = 4;

    public LabelTests() => Sed.Core.Runtime.Torch.Initialize();

    [Fact]
    public void A_time_mask_masks_features_and_labels_of_the_same_frames_and_removes_tags_without_frames()
    {
        using var scope = NewDisposeScope();
        var frames = zeros(2, Outputs, 3);
        frames.narrow(1, 3, 2).narrow(2, 0, 1).fill_(1); // entirely masked
        frames.narrow(1, 4, 4).narrow(2, 1, 1).fill_(1); // partly masked; the third class has a tag without events
        var known = zeros(2, Outputs, 3);
        AugmentedBatch batch = new(
            ones(2, (Outputs * Step) + 1, 5),
            new BatchTargets(ones(2, 3), Frames: frames, KnownFrames: known),
            ones(2, Outputs),
            Step
        );
        var masked = TimeMask.Apply(batch, 3, 3);
        for (var clip = 0; clip < 2; clip++)
        {
            Assert.Equal([0, 1, 1], Values(masked.Targets.Tags[clip]));
            Assert.Equal([0, 0, 0, 0, 0, 0, 1, 1, 0, 0], Values(masked.Targets.Frames![clip].select(1, 1)));
            Assert.Equal([0, 0, 0, 1, 1, 1, 0, 0, 0, 0], Values(masked.Targets.KnownFrames![clip].select(1, 1)));
            var kept = Values(masked.Features[clip].select(1, 0));
            Assert.Equal(Enumerable.Range(0, 41).Select(frame => frame is >= 12 and < 24 ? 0f : 1f), kept);
        }
        Assert.Same(batch.Sound, masked.Sound);
    }

    [Fact]
    public void A_time_mask_leaves_clips_without_frame_labels_unchanged()
    {
        using var scope = NewDisposeScope();
        BatchTargets targets = new(ones(2, 3), Frames: ones(2, Outputs, 3), Framed: tensor(new float[] { 1, 0 }));
        AugmentedBatch batch = new(ones(2, Outputs, 5), targets);
        var masked = TimeMask.Apply(batch, 3, 3);
        Assert.Equal(5 * (Outputs - 3), masked.Features[0].sum().item<float>());
        Assert.True(masked.Features[1].equal(batch.Features[1]).all().item<bool>());
        Assert.True(masked.Targets.Frames![1].equal(targets.Frames![1]).all().item<bool>());
        AugmentedBatch weak = new(ones(2, Outputs, 5), new BatchTargets(ones(2, 3)));
        Assert.Same(weak, new TimeMask(0.1, 0.5).Apply(weak, new Random(1)));
    }

    [Fact]
    public void A_time_mask_begins_and_ends_at_the_feature_frames_of_its_output_frames()
    {
        using var scope = NewDisposeScope();
        // 10 output frames of 2.4 feature frames; the mask covers output frames 7 and 8, the frames 16.8 to 21.6.
        AugmentedBatch batch = new(
            ones(1, 24, 1),
            new BatchTargets(ones(1, 1), Frames: ones(1, Outputs, 1)),
            FrameStep: 2.4
        );
        var kept = Values(TimeMask.Apply(batch, 7, 2).Features);
        Assert.Equal(Enumerable.Range(0, 24).Select(frame => frame is >= 17 and < 22 ? 0f : 1f), kept);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_time_shift_moves_features_and_labels_by_the_same_time(bool isPadded)
    {
        using var scope = NewDisposeScope();
        const int outputs = 100;
        // 100 output frames of 2.4 feature frames; each feature frame has the number of its output frame, from 1.
        float[] numbers = [.. Enumerable.Range(0, 240).Select(frame => 1 + MathF.Floor((frame + 0.5f) / 2.4f))];
        AugmentedBatch batch = new(
            tensor(numbers, [1, 240, 1]),
            new BatchTargets(ones(1, 1), Frames: arange(1, outputs + 1).to(float32).view(1, outputs, 1)),
            FrameStep: 2.4
        );
        for (var seed = 0; seed < 10; seed++)
        {
            var shifted = new TimeShift(90, isPadded).Apply(batch, new Random(seed));
            var (features, labels) = (Values(shifted.Features), Values(shifted.Targets.Frames!));
            for (var output = 1; output < outputs - 1; output++)
            {
                // The middle of the output frame; rounding moves the features by less than an output frame.
                var found = features[(int)((output + 0.5) * 2.4)];
                float[] near = [labels[output - 1], labels[output], labels[output + 1]];
                Assert.Contains(found, near);
            }
        }
    }

    [Fact]
    public void All_classes_are_known_in_the_frames_that_a_padded_shift_fills()
    {
        using var scope = NewDisposeScope();
        const int outputs = 40;
        BatchTargets targets = new(ones(1, 1), Frames: ones(1, outputs, 1), KnownFrames: zeros(1, outputs, 1));
        for (var seed = 0; seed < 10; seed++)
        {
            var shifted = new TimeShift(10, true).Apply(new(ones(1, outputs, 1), targets), new Random(seed)).Targets;
            Assert.Equal(Values(1 - shifted.Frames!), Values(shifted.KnownFrames!));
        }
    }

    [Fact]
    public void Widths_of_time_masks_are_within_the_shares_of_the_clip()
    {
        using var scope = NewDisposeScope();
        AugmentedBatch batch = new(ones(1, 40, 1), new BatchTargets(ones(1, 1), Frames: ones(1, 40, 1)));
        var widths = Enumerable
            .Range(0, 200)
            .Select(seed =>
                40 - (int)new TimeMask(0.1, 0.25).Apply(batch, new Random(seed)).Features.sum().item<float>()
            );
        Assert.Equal([4, 5, 6, 7, 8, 9], widths.Distinct().Order());
    }

    [Fact]
    public void Hard_mixup_knows_a_class_that_is_present_in_one_of_the_clips()
    {
        using var scope = NewDisposeScope();
        BatchTargets targets = new(tensor(new float[] { 1, 0, 0, 0, 1, 0 }, [2, 3]))
        {
            // The first clip does not know the last two classes, the second clip does not know the first.
            KnownTags = tensor(new float[] { 1, 0, 0, 0, 1, 1 }, [2, 3]),
        };
        var mixed = new Mixup(1, true).Apply(new(ones(2, 4, 5), targets), [0.5, 0.5], [1, 0]).Targets;
        Assert.Equal([1, 1, 0, 1, 1, 0], Values(mixed.Tags));
        Assert.Equal([1, 1, 0, 1, 1, 0], Values(mixed.KnownTags!));
    }

    [Fact]
    public void An_augmentation_is_applied_to_batches_with_its_probability()
    {
        using var scope = NewDisposeScope();
        AugmentedBatch batch = new(ones(1, 40, 1), new BatchTargets(ones(1, 1)));
        Random draw = new(1);
        Sometimes sometimes = new(0.25, new Stripes(1, 20, 0, 0));
        var changed = Enumerable.Range(0, 2000).Count(_ => !ReferenceEquals(batch, sometimes.Apply(batch, draw)));
        // Standard deviation 19.
        Assert.InRange(changed, 430, 570);
    }

    [Fact]
    public void Student_and_teacher_have_the_same_shared_batch_and_different_views()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        AugmentedBatch batch = new(randn(2, 40, 8), new BatchTargets(ones(2, 1), Frames: ones(2, 40, 1)));
        AugmentationPipeline pipeline = new([
            new Views([new Stripes(1, 20, 1, 4)]),
            new Sometimes(0.99, new TimeShift(10)),
        ]);
        Random draw = new(1);
        var shared = pipeline.Shared(batch, draw);
        Assert.True(shared.Features.abs().min().item<float>() > 0);
        var (student, teacher) = (pipeline.PerNetwork(shared, draw), pipeline.PerNetwork(shared, draw));
        Assert.False(student.equal(teacher).all().item<bool>());
        foreach (var view in (Tensor[])[student, teacher])
            Assert.True(view.eq(zeros_like(view)).logical_or(view.eq(shared.Features)).all().item<bool>());
    }

    [Fact]
    public void Views_that_change_labels_and_wrong_settings_are_problems()
    {
        string[] Problems(Augmentation augmentation) =>
            [.. augmentation.Problems().Select(problem => problem.ToString())];
        Assert.Equal(
            [
                "mixup 0.2 with probability 0.5 in `views` would give student and teacher different labels; "
                    + "put it before `views`, so that both get the same batch",
                "masks of -1 frames and 0 bands; give 0 or more of each",
            ],
            Problems(new Views([new Sometimes(0.5, new Mixup(0.2)), new SpecAugment(-1, 0)]))
        );
        Assert.Equal(
            ["`views` has no augmentations; give at least one, for example `views [ specAugment 20 8 ]`"],
            Problems(new Views([]))
        );
        Assert.Equal(
            [
                "a probability of 1 for mixup 0; it must be above 0 and below 1; without `sometimes`, all batches are augmented",
                "the mixup parameter is 0; it must be greater than 0; leave out `mixup` to disable it",
            ],
            Problems(new Sometimes(1, new Mixup(0)))
        );
        Assert.Equal(
            ["the gain is from 6 to -6 dB; give two finite values, the lower one first"],
            Problems(new Gain(6, -6))
        );
        foreach (
            var wrong in new Augmentation[]
            {
                new Noise(0, double.PositiveInfinity),
                new FeatureNoise(double.NaN, 3),
                new Overlay(1, 0),
                new TimeMask(0.5, 0.2),
                new FrequencyWarp(1),
                new MixStyle(0),
                new FilterAugment(-6, 6, FilterShape.Linear, 1, 3),
                new FilterAugment(-6, 6, FilterShape.Linear, 3, 2),
                new FilterAugment(-6, 6, FilterShape.Linear, 3, 5, 0),
                new FilterAugment(-6, 6, (FilterShape)7),
            }
        )
            Assert.Single(wrong.Problems());
    }

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
