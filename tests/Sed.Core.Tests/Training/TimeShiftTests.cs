using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class TimeShiftTests
{
    private const int Clips = 8;
    private const int Outputs = 10;
    private const int Classes = 3;
    private const int Step = 4;

    // One feature frame more than the output frames cover, as with pooling of 4 over 41 frames.
    private const int Frames = (Outputs * Step) + 1;

    public TimeShiftTests() => Sed.Core.Runtime.Torch.Initialize();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Frame_labels_and_the_mask_of_padding_move_exactly_with_the_sound(bool isPadded)
    {
        using var scope = NewDisposeScope();
        var batch = Batch();
        var shifted = new TimeShift(12, isPadded).Apply(batch, new Random(3));
        Assert.False(shifted.Features.equal(batch.Features).all().item<bool>());
        // The features of a frame are the labels of its output frame, and the mask.
        Assert.Equal(
            [.. Spread(shifted.Targets.Frames!, shifted.Sound!).data<float>()],
            shifted.Features.narrow(1, 0, Outputs * Step).contiguous().data<float>().ToArray()
        );
    }

    [Fact]
    public void A_circular_shift_equals_roll_and_keeps_the_tags()
    {
        using var scope = NewDisposeScope();
        var batch = Batch();
        var shifted = new TimeShift(12).Apply(batch, new Random(3));
        HashSet<int> shifts = [];
        for (var clip = 0; clip < Clips; clip++)
            shifts.Add(
                Enumerable
                    .Range(0, Outputs)
                    .First(shift =>
                        batch
                            .Targets.Frames![clip]
                            .roll(shift, 0)
                            .equal(shifted.Targets.Frames![clip])
                            .all()
                            .item<bool>()
                    )
            );
        Assert.True(shifts.Count > 2);
        Assert.Same(batch.Targets.Tags, shifted.Targets.Tags);
    }

    [Fact]
    public void A_padded_shift_fills_with_zeros_and_removes_the_tags_of_dropped_events_only()
    {
        using var scope = NewDisposeScope();
        var frames = zeros(Clips, Outputs, Classes);
        frames[TensorIndex.Colon, 0, 0] = 1; // a class in the first output frame only
        frames[TensorIndex.Colon, TensorIndex.Colon, 1] = 1; // a class in all; the third class has a tag without events
        var batch = new AugmentedBatch(ones(Clips, Outputs, 2), new BatchTargets(ones(Clips, Classes), Frames: frames));
        var shifted = new TimeShift(3, true).Apply(batch, new Random(1));
        var (tags, labels) = (shifted.Targets.Tags, shifted.Targets.Frames!);
        var dropped = 0;
        for (var clip = 0; clip < Clips; clip++)
        {
            var isKept = labels[clip, TensorIndex.Colon, 0].sum().item<float>() > 0;
            dropped += isKept ? 0 : 1;
            Assert.Equal([isKept ? 1 : 0, 1, 1], tags[clip].data<float>().ToArray());
            // Features and labels have zeros in the same frames.
            Assert.Equal(
                labels[clip, TensorIndex.Colon, 1].data<float>().ToArray(),
                shifted.Features[clip, TensorIndex.Colon, 0].data<float>().ToArray()
            );
        }
        Assert.InRange(dropped, 1, Clips - 1);
    }

    [Fact]
    public void Without_frame_labels_only_the_features_move()
    {
        using var scope = NewDisposeScope();
        var batch = new AugmentedBatch(rand(Clips, Frames, 2), new BatchTargets(rand(Clips, Classes)));
        var shifted = new TimeShift(12).Apply(batch, new Random(3));
        Assert.Null(shifted.Targets.Frames);
        Assert.Same(batch.Targets.Tags, shifted.Targets.Tags);
        Assert.True(shifted.Features.sum([1]).allclose(batch.Features.sum([1]), 1e-5));
    }

    [Fact]
    public void A_standard_deviation_of_0_is_a_problem() =>
        Assert.Equal(
            "the standard deviation of the time shift is 0 frames; it must be greater than 0; leave out `timeShift` to disable it",
            new TimeShift(0).Problems().Single().ToString()
        );

    private static AugmentedBatch Batch()
    {
        random.manual_seed(2);
        var labels = rand(Clips, Outputs, Classes).gt(0.5).to(float32);
        var sound = rand(Clips, Outputs).gt(0.3).to(float32);
        var rest = ones(Clips, Frames - (Outputs * Step), Classes + 1);
        return new AugmentedBatch(
            cat([Spread(labels, sound), rest], 1),
            new BatchTargets(labels.amax([1]), Frames: labels),
            sound,
            Step
        );
    }

    /// <summary>Labels and mask of each output frame, repeated for its feature frames.</summary>
    private static Tensor Spread(Tensor labels, Tensor sound) =>
        cat([labels, sound.unsqueeze(2)], 2).repeat_interleave(Step, 1);
}
