using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>Training clips whose labels are known for some classes and at some times only.</summary>
[Collection(TorchCollection.Name)]
public sealed class KnownLabelsTests
{
    private static readonly Hums hums = new(training: 12);

    public KnownLabelsTests() => Torch.Initialize();

    [Fact]
    public void An_unknown_class_gets_no_gradient_from_weak_labels()
    {
        using var scope = NewDisposeScope();
        using var clips = Clips((clip, i) => clip with { UnknownLabels = i == 1 ? ["middle"] : [] });
        var targets = TrainingTargets.Of(new Labels.WeakOnly(), clips, Hums.HopSeconds).Of([0, 1], hums.Frames, CPU);
        var output = Output(2);
        new TwoOutputLoss(1, 1).Of(output, targets, null).backward();
        Assert.Equal([1, 1, 1, 1, 0, 1], Moved(output.Weak));
        Assert.Equal([1, 1, 1, 1, 0, 1], Moved(output.Strong.grad!.abs().sum(1)));
        // The mean is over known labels.
        var known = output.Weak.view(-1).index_select(0, tensor(new long[] { 0, 1, 2, 3, 5 }));
        var tags = targets.Tags.view(-1).index_select(0, tensor(new long[] { 0, 1, 2, 3, 5 }));
        Assert.Equal(
            nn.functional.binary_cross_entropy(known, tags).item<float>(),
            new TwoOutputLoss(0, 1).Of(output, targets, null).item<float>(),
            1e-6
        );
    }

    [Fact]
    public void Frames_outside_the_annotated_spans_get_no_gradient_from_strong_labels()
    {
        using var scope = NewDisposeScope();
        using var clips = Clips(
            (clip, i) =>
                i == 0
                    ? clip with
                    {
                        AnnotatedSpans = [new AnnotatedSpan(1, 2), new AnnotatedSpan(0, 4, "high")],
                        UnknownLabels = ["low"],
                    }
                    : clip
        );
        var targets = TrainingTargets.Of(new Labels.Strong(), clips, Hums.HopSeconds).Of([0, 1], hums.Frames, CPU);
        var output = Output(2);
        new TwoOutputLoss(1, 0).Of(output, targets, null).backward();
        var moved = output.Strong.grad!.ne(0);
        for (var frame = 0; frame < hums.Frames; frame++)
        {
            Assert.Equal(frame is >= 10 and < 20, moved[0, frame, 0].item<bool>());
            Assert.Equal(frame is >= 10 and < 20, moved[0, frame, 1].item<bool>());
            Assert.True(moved[0, frame, 2].item<bool>());
        }
        Assert.True(moved[1].all().item<bool>());
    }

    [Fact]
    public void Student_and_teacher_may_differ_where_labels_are_unknown()
    {
        using var scope = NewDisposeScope();
        using var clips = Clips((clip, i) => clip with { UnknownLabels = i == 1 ? ["high"] : [] });
        var targets = TrainingTargets.Of(new Labels.Strong(), clips, Hums.HopSeconds).Of([0, 1], hums.Frames, CPU);
        var student = Output(2);
        ConsistencyLoss.Of(student, Output(2), targets.KnownAtFrames(null), targets.KnownTagsOfClips).backward();
        Assert.Equal([1, 1, 1, 1, 1, 0], Moved(student.Weak));
        Assert.Equal([1, 1, 1, 1, 1, 0], Moved(student.Strong.grad!.abs().sum(1)));
    }

    [Fact]
    public void Mixup_keeps_the_labels_that_are_known_in_both_clips()
    {
        using var scope = NewDisposeScope();
        BatchTargets targets = new(zeros(2, 3))
        {
            KnownTags = tensor(new float[] { 1, 0, 1, 1, 1, 0 }, [2, 3]),
            Frames = zeros(2, 4, 3),
            KnownFrames = cat([ones(1, 4, 3), zeros(1, 4, 3)]),
        };
        for (var seed = 0; seed < 5; seed++)
        {
            var mixed = new Mixup(1).Apply(new(ones(2, 4, 5), targets), new Random(seed)).Targets;
            var (tags, frames) = (mixed.KnownTags!, mixed.KnownFrames!);
            // With two clips, each is mixed with itself or with the other.
            var isSelf = tags.equal(targets.KnownTags!).all().item<bool>();
            Assert.True(isSelf || tags.equal(tensor(new float[] { 1, 0, 0, 1, 0, 0 }, [2, 3])).all().item<bool>());
            Assert.Equal(isSelf ? 12 : 0, frames.sum().item<float>());
        }
    }

    [Fact]
    public void A_tag_becomes_unknown_if_its_frames_are_removed_and_other_frames_are_unknown()
    {
        using var scope = NewDisposeScope();
        const int count = 8;
        // All classes have one event, in the first frame. The first class is unknown in all other frames, the second
        // one in the last frame, which is padding.
        var frames = zeros(count, 10, 3);
        frames[TensorIndex.Colon, 0] = 1;
        var known = ones(count, 10, 3);
        known[TensorIndex.Colon, 1.., 0] = 0;
        known[TensorIndex.Colon, 9.., 1] = 0;
        var sound = ones(count, 10);
        sound[TensorIndex.Colon, 9] = 0;
        AugmentedBatch batch = new(
            ones(count, 10, 5),
            new(ones(count, 3)) { Frames = frames, KnownFrames = known },
            sound
        );
        var masked = TimeMask.Apply(batch, 0, 2).Targets;
        var shifted = new TimeShift(2, IsPadded: true).Apply(batch, new Random(1)).Targets;
        Assert.Equal(0, masked.Tags.sum().item<float>());
        Assert.Equal([0, 1, 1], masked.KnownTags![0].data<float>());
        Assert.InRange(shifted.Tags.sum().item<float>(), 3, 3 * (count - 1));
        // Wherever the event was dropped, only the tag of the first class is unknown.
        Assert.True(
            shifted.KnownTags![TensorIndex.Colon, 0].equal(shifted.Tags[TensorIndex.Colon, 0]).all().item<bool>()
        );
        Assert.True(shifted.KnownTags[TensorIndex.Colon, 1..].eq(1).all().item<bool>());
        // Without unknown frames, no tag becomes unknown.
        var whole = batch with
        {
            Targets = batch.Targets with { KnownFrames = ones(count, 10, 3) },
        };
        Assert.Null(TimeMask.Apply(whole, 0, 2).Targets.KnownTags);
    }

    [Fact]
    public void Rarity_counts_known_tags_only()
    {
        using var clips = Clips(
            (clip, i) =>
                clip with
                {
                    WeakLabels = i < 2 ? ["low"] : [],
                    StrongEvents = null,
                    UnknownLabels = i >= 6 ? ["low"] : [],
                }
        );
        var targets = TrainingTargets.Of(new Labels.WeakOnly(), clips, Hums.HopSeconds);
        Assert.Equal(4 / 2f, targets.PositiveWeights(new PositiveWeight.ByRarity())![0]);
    }

    private static ClipSet Clips(Func<Clip, int, Clip> change) =>
        new(
            new Manifest(
                "Hums",
                hums.Manifest.Classes,
                8000,
                hums.Manifest.ClipSeconds,
                [.. hums.Manifest.Clips.Select(change)]
            ),
            hums,
            hums.Statistics,
            Split.Training
        );

    private static NetworkOutput Output(int clips) =>
        new(
            rand(clips, hums.Frames, 3).mul(0.9f).add(0.05f).requires_grad_(),
            rand(clips, 3).mul(0.9f).add(0.05f).requires_grad_()
        );

    private static int[] Moved(Tensor tensor)
    {
        var gradient = tensor.grad ?? tensor;
        return [.. gradient.ne(0).view(-1).data<bool>().Select(moved => moved ? 1 : 0)];
    }
}
