using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed partial class TrainingTargetsTests
{
    private static readonly Hums hums = new(training: 40);
    private static readonly Labels weak = new Labels.WeakOnly(),
        strong = new Labels.Strong(),
        none = new Labels.Unlabelled();
    private static readonly Labels.Mixed thirds = new([
        new(strong, 0.2, 0.25),
        new(weak, 0.3, 0.25),
        new(none, 0.5, 0.5),
    ]);
    private static readonly TrainingOptions taught = new() { BatchSize = 8, MeanTeacher = new MeanTeacher() };

    public TrainingTargetsTests() => Torch.Initialize();

    [Fact]
    public void Strong_labels_are_the_targets_of_the_strong_and_of_the_weak_output()
    {
        using var scope = NewDisposeScope();
        using var clips = hums.Clips(Split.Training);
        int[] batch = [3, 17, 5];
        var frames = zeros(3, hums.Frames, 3);
        for (var i = 0; i < batch.Length; i++)
            foreach (var sound in hums.Manifest.Clips[batch[i]].StrongEvents!)
            {
                var from = (long)Math.Round(sound.Onset / Hums.HopSeconds);
                var to = (long)Math.Round(sound.Offset / Hums.HopSeconds);
                frames[i, TensorIndex.Slice(from, to), clips.Classes.IndexOf(sound.Label)] = 1;
            }
        var output = Output(3);
        var targets = TrainingTargets.Of(strong, clips, Hums.HopSeconds).Of(batch, hums.Frames, CPU);
        var found = new TwoOutputLoss(0.5, 2).Of(output, targets, null);
        var wanted =
            0.5 * nn.functional.binary_cross_entropy(output.Strong, frames)
            + 2 * nn.functional.binary_cross_entropy(output.Weak, clips.Labels(batch, CPU));
        Assert.Equal(wanted.item<float>(), found.item<float>(), 1e-6);
    }

    [Fact]
    public void Each_clip_gets_gradients_only_through_the_outputs_that_its_labels_cover()
    {
        using var scope = NewDisposeScope();
        using var clips = hums.Clips(Split.Training);
        var targets = TrainingTargets.Of(thirds, clips, Hums.HopSeconds);
        var batch = targets.Order(taught, 1)[..8]; // 2 strong, 2 weak, 4 without labels
        var held = targets.Of(batch, hums.Frames, CPU);
        var output = Output(8);
        var found = new TwoOutputLoss(1, 1).Of(output, held, null);
        var wanted =
            nn.functional.binary_cross_entropy(output.Strong[..2], held.Frames![..2])
            + nn.functional.binary_cross_entropy(output.Weak[..4], clips.Labels(batch.AsSpan(0, 4), CPU));
        Assert.Equal(wanted.item<float>(), found.item<float>(), 1e-6);
        found.backward();
        Assert.Equal([1, 1, 0, 0, 0, 0, 0, 0], Moved(output.Strong));
        Assert.Equal([1, 1, 1, 1, 0, 0, 0, 0], Moved(output.Weak));
    }

    [Fact]
    public void The_loss_of_an_unlabelled_batch_is_zero()
    {
        using var scope = NewDisposeScope();
        using var clips = hums.Clips(Split.Training);
        var targets = TrainingTargets.Of(thirds, clips, Hums.HopSeconds);
        var batch = targets.Order(taught, 1)[4..8];
        Assert.Equal(0, new TwoOutputLoss(1, 1).Of(Output(4), targets.Of(batch, hums.Frames, CPU), null).item<float>());
    }

    [Fact]
    public void Pseudo_labels_replace_repeated_tags_and_missing_labels()
    {
        using var scope = NewDisposeScope();
        using var clips = hums.Clips(Split.Training);
        var said = Said(clips, hums.Frames / 2);
        var pseudo = FrameTargets.FromScores(said, withinTags: false);
        foreach (var labels in new[] { weak, thirds })
        {
            var targets = TrainingTargets.Of(labels, clips, Hums.HopSeconds, pseudo);
            var batch = targets.Order(taught with { MeanTeacher = null }, 1)[..8];
            var held = targets.Of(batch, hums.Frames, CPU);
            Assert.Null(held.Framed);
            Assert.Equal(labels is Labels.Mixed, held.Tagged is not null);
            // The pseudo-labels have half as many frames as the network, so each frame is repeated.
            var expected = tensor(said.StrongOf(batch[7]).ToArray(), [hums.Frames / 2, 3]).repeat_interleave(2, 0);
            Assert.True(held.Frames![7].allclose(expected));
        }
    }

    [Fact]
    public void Pseudo_labels_have_the_length_of_their_clip_without_masked_padding()
    {
        using var scope = NewDisposeScope();
        // Only every fifth clip, which has 20 frames and padding, is a training clip.
        Manifest manifest = new(
            "Hums",
            hums.Manifest.Classes,
            8000,
            hums.Frames * Hums.HopSeconds,
            [.. hums.Manifest.Clips.Select((clip, i) => i % 5 == 0 ? clip : clip with { Split = Split.Testing })],
            masksPadding: true
        );
        using ClipSet clips = new(manifest, hums, hums.Statistics, Split.Training);
        var (strong, weakOutput) = (rand(clips.Count * 20 * 3), rand(clips.Count * 3));
        ClipScores said = new(
            clips.Names,
            20,
            Hums.HopSeconds,
            [.. strong.data<float>()],
            [.. weakOutput.data<float>()]
        );
        var pseudo = FrameTargets.FromScores(said, withinTags: false);
        var held = TrainingTargets.Of(weak, clips, Hums.HopSeconds, pseudo).Of([1], hums.Frames, CPU);
        Assert.Equal(said.StrongOf(1).ToArray(), held.Frames![0, ..20].contiguous().data<float>().ToArray());
        var whole = FrameTargets.FromScores(Said(clips, hums.Frames));
        Assert.Equal(
            $"the pseudo-labels of hum0 cover 4 s, but the clip lasts 2 s (clips with such a difference: {clips.Count}); use pseudo-labels of a network that was scored on the same clips, with the same clip length and padding",
            Assert.Throws<ArgumentException>(() => TrainingTargets.Of(weak, clips, Hums.HopSeconds, whole)).Message
        );
    }

    [Fact]
    public void Pseudo_labels_of_all_clips_can_have_a_loss_of_their_own()
    {
        using var scope = NewDisposeScope();
        using var clips = hums.Clips(Split.Training);
        var said = Said(clips, hums.Frames);
        var targets = TrainingTargets.Of(thirds, clips, Hums.HopSeconds, FrameTargets.FromScores(said));
        var options = taught with { PseudoWeight = 0.5 };
        targets.Require(clips, options with { MeanTeacher = null });
        var batch = targets.Order(options, 1)[..8]; // 2 strong, 2 weak, 4 without labels
        var held = targets.Of(batch, hums.Frames, CPU, addsPseudo: true);
        var pseudo = stack(batch.Select(clip => tensor(said.StrongOf(clip).ToArray(), [hums.Frames, 3])));
        // A class that is absent from the tags of a clip stays absent; the tags of unlabelled clips are not used.
        pseudo[..4] *= clips.Labels(batch.AsSpan(0, 4), CPU).unsqueeze(1);
        Assert.True(held.Pseudo!.allclose(pseudo));
        var output = Output(8);
        var own = new TwoOutputLoss(1, 1).Of(output, held with { Pseudo = null }, null);
        var found = new TwoOutputLoss(options).Of(output, held, null);
        Assert.Equal(
            own.item<float>() + 0.5 * nn.functional.binary_cross_entropy(output.Strong, pseudo).item<float>(),
            found.item<float>(),
            1e-5
        );
        found.backward();
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1], Moved(output.Strong));
        Assert.Equal([1, 1, 1, 1, 0, 0, 0, 0], Moved(output.Weak));
        Assert.Equal(
            "the weight of pseudo-labels is 0; it must be greater than 0",
            Assert.Single((options with { PseudoWeight = 0 }).Problems()).ToString()
        );
        Assert.Equal(
            "PseudoWeight is set, but 40 training clips have no pseudo-labels. (Parameter 'options')",
            Assert
                .Throws<ArgumentException>(() =>
                    TrainingTargets.Of(thirds, clips, Hums.HopSeconds).Require(clips, options)
                )
                .Message
        );
    }

    [Fact]
    public void Augmentations_change_pseudo_labels_with_a_loss_of_their_own_like_frame_labels()
    {
        using var scope = NewDisposeScope();
        var frames = rand(4, 10, 3);
        AugmentedBatch batch = new(
            rand(4, 10, 5),
            new BatchTargets(zeros(4, 3)) { Frames = frames, Pseudo = frames.clone() }
        );
        foreach (var augmentation in new Augmentation[] { new Mixup(1), new MixupPairs(1), new TimeShift(3) })
        {
            var changed = augmentation.Apply(batch, new Random(2)).Targets;
            Assert.True(changed.Pseudo!.equal(changed.Frames!).all().item<bool>(), augmentation.Summary);
            Assert.False(changed.Pseudo.shape[0] == 4 && changed.Pseudo.allclose(frames), augmentation.Summary);
        }
    }

    [Fact]
    public void Clips_without_pseudo_labels_keep_their_repeated_tags()
    {
        using var scope = NewDisposeScope();
        using var clips = hums.Clips(Split.Training);
        var all = Said(clips, hums.Frames);
        var first = new ClipScores([all.Names[0]], all.Frames, all.HopSeconds, all.StrongOf(0).ToArray(), new float[3]);
        var targets = TrainingTargets.Of(
            weak,
            clips,
            Hums.HopSeconds,
            FrameTargets.FromScores(first, withinTags: false)
        );
        var held = targets.Of([0, 1], hums.Frames, CPU);
        Assert.Null(held.Framed);
        Assert.True(held.Frames![0].allclose(tensor(all.StrongOf(0).ToArray(), [hums.Frames, 3])));
        Assert.True(held.Frames![1].equal(clips.Labels([1], CPU).expand(hums.Frames, 3)).all().item<bool>());
    }

    [Fact]
    public void Every_batch_has_its_share_of_each_kind_of_labels_and_a_clip_keeps_its_kind()
    {
        using var clips = hums.Clips(Split.Training);
        var targets = TrainingTargets.Of(thirds, clips, Hums.HopSeconds);
        var kinds = new HashSet<int>[] { [], [], [] };
        foreach (var epoch in new[] { 1, 2, 3 })
        foreach (var seed in new[] { 1, 2 })
        {
            var order = targets.Order(taught with { Seed = seed }, epoch);
            Assert.Equal(40, order.Length);
            foreach (var batch in order.Chunk(8))
            {
                kinds[0].UnionWith(batch[..2]);
                kinds[1].UnionWith(batch[2..4]);
                kinds[2].UnionWith(batch[4..]);
            }
        }
        Assert.Equal([8, 12, 20], kinds.Select(kind => kind.Count));
        Assert.Empty(kinds[0].Intersect(kinds[1]).Union(kinds[0].Union(kinds[1]).Intersect(kinds[2])));
        Assert.Equal(targets.Order(taught, 1), targets.Order(taught, 1));
        Assert.NotEqual(targets.Order(taught, 1), targets.Order(taught, 2));
        // Labels are stratified: a class is about as frequent in each kind as in all clips.
        for (var k = 0; k < 3; k++)
        {
            double Share(IEnumerable<int> own) => own.Average(clip => clips.Tags[clip * 3 + k] ? 1.0 : 0);
            Assert.All(kinds, kind => Assert.Equal(Share(Enumerable.Range(0, 40)), Share(kind), 0.13));
        }
    }

    [Fact]
    public void Clips_of_a_rare_kind_are_repeated_and_balanced_order_uses_known_labels()
    {
        using var clips = hums.Clips(Split.Training);
        Labels.Mixed few = new([new(strong, 0.1, 0.5), new(none, 0.9, 0.5)]);
        var order = TrainingTargets
            .Of(few, clips, Hums.HopSeconds)
            .Order(taught with { BatchSize = 10, Order = ClipOrder.Balanced }, 1);
        var ofStrong = order.Chunk(10).SelectMany(batch => batch[..5]).CountBy(clip => clip).ToArray();
        Assert.Equal(20, ofStrong.Sum(clip => clip.Value));
        Assert.InRange(ofStrong.Length, 1, 4);
        Assert.Equal(20, order.Chunk(10).SelectMany(batch => batch[5..]).Distinct().Count());
    }

    [Theory]
    [InlineData(8, new[] { 2, 2, 4 })]
    [InlineData(9, new[] { 2, 2, 5 })]
    [InlineData(3, new[] { 1, 1, 1 })]
    [InlineData(32, new[] { 8, 8, 16 })]
    public void Shares_of_a_batch_are_rounded_to_at_least_one_clip(int batch, int[] wanted) =>
        Assert.Equal(wanted, thirds.Counts(batch));

    [Fact]
    public void The_annotations_of_a_clip_determine_its_kind()
    {
        Clip[] known = [.. hums.Manifest.Clips];
        for (var i = 0; i < 20; i++)
            known[i] = known[i] with { StrongEvents = null };
        for (var i = 0; i < 10; i++)
            known[i] = known[i] with { WeakLabels = [], IsTagged = false };
        var (manifest, clips) = Lists(known);
        using var _ = clips;
        Assert.Equal(
            [
                "Hums has strong labels for 20 of its 40 training clips and only weak labels for 10, but `labels Strong` needs strong labels for all labelled clips; "
                    + "give each kind its share of a batch, for example `labels (Mixed [ annotated Strong 0.5; annotated WeakOnly 0.5 ])`",
            ],
            TrainingTargets.Problems(strong, manifest).Select(problem => problem.ToString())
        );
        Assert.Equal(
            [
                "Hums has strong labels for 20 of its 40 training clips and only weak labels for 10, but `subset` requires that every clip has the kinds of labels that are drawn; use `annotated` instead",
            ],
            TrainingTargets.Problems(thirds, manifest).Select(problem => problem.ToString())
        );
        Labels.Mixed listed = new([new(strong, null, 0.25), new(weak, null, 0.25), new(none, null, 0.5)]);
        Assert.Empty(TrainingTargets.Problems(listed, manifest));
        var order = TrainingTargets.Of(listed, clips, Hums.HopSeconds).Order(taught, 1);
        Assert.All(
            order.Chunk(8),
            batch =>
            {
                Assert.All(batch[..2], clip => Assert.InRange(clip, 20, 39));
                Assert.All(batch[2..4], clip => Assert.InRange(clip, 10, 19));
                Assert.All(batch[4..], clip => Assert.InRange(clip, 0, 9));
            }
        );
        // WeakOnly leaves out untagged clips, and so does the validation split.
        Assert.Equal(Enumerable.Range(10, 30), TrainingTargets.Of(weak, clips, 0.1).Order(taught, 1).Order());
        Assert.DoesNotContain(
            Stratification.CarveValidation(manifest, 0.3, 1).Clips,
            clip => !clip.IsTagged && clip.Split == Split.Validation
        );
        Assert.NotEqual(hums.Manifest.Hash, manifest.Hash);
    }

    [Fact]
    public void Training_with_strong_labels_gives_a_higher_segment_based_F1_than_with_weak_labels()
    {
        var options = new TrainingOptions
        {
            Epochs = 12,
            BatchSize = 8,
            Optimizer = new Sed.Core.Training.Optimization.Optimizer.Adam(0.01),
            Seed = 3,
        };
        double Learnt(Labels labels)
        {
            random.manual_seed(1);
            using var network = new SedNetwork(hums.Network);
            using var clips = hums.Clips(Split.Training);
            var reports = new Trainer(options with { Monitor = SegmentMetrics.F }, CPU).Train(
                network,
                clips,
                hums.Evaluator(),
                targets: TrainingTargets.Of(labels, clips, Hums.HopSeconds)
            );
            return reports.Max(report => report.Monitor);
        }
        var (ofStrong, ofWeak) = (Learnt(strong), Learnt(weak));
        Assert.True(ofStrong > ofWeak + 0.05, $"{ofStrong} against {ofWeak}");
    }

    /// <summary>The synthetic corpus with other labels.</summary>
    private static (Manifest Manifest, ClipSet Clips) Lists(Clip[] clips)
    {
        Manifest manifest = new("Hums", hums.Manifest.Classes, 8000, hums.Frames * Hums.HopSeconds, clips);
        return (manifest, new ClipSet(manifest, hums, hums.Statistics, Split.Training));
    }

    /// <summary>Random scores of clips, as a teacher network would output them.</summary>
    private static ClipScores Said(ClipSet clips, int frames)
    {
        var draw = new Random(1);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => draw.NextSingle())];
        var hop = Hums.HopSeconds * hums.Frames / frames;
        return new(clips.Names, frames, hop, Numbers(clips.Count * frames * 3), Numbers(clips.Count * 3));
    }

    private static NetworkOutput Output(int clips) =>
        new(
            rand(clips, hums.Frames, 3).Times(0.8).Plus(0.1).requires_grad_(),
            rand(clips, 3).Times(0.8).Plus(0.1).requires_grad_()
        );

    /// <summary>For each clip, 1 if its values have a nonzero gradient, otherwise 0.</summary>
    private static int[] Moved(Tensor values) =>
        [
            .. Enumerable
                .Range(0, (int)values.shape[0])
                .Select(i => values.grad![i].abs().sum().item<float>() > 0 ? 1 : 0),
        ];
}
