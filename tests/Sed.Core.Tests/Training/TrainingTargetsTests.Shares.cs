using Sed.Core.Corpora;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <content>Shares of corpora, and losses of shares.</content>
public sealed partial class TrainingTargetsTests
{
    /// <summary>
    /// 40 training clips: 8 synthetic and 8 real ones with strong labels, 12 with weak labels and 12 without labels.
    /// </summary>
    private static (Manifest Manifest, ClipSet Clips) SyntheticAndReal() =>
        Lists([
            .. hums.Manifest.Clips.Select(
                (clip, i) =>
                    i switch
                    {
                        < 8 => clip with { Part = "synthetic" },
                        < 16 => clip with { Part = "real" },
                        < 28 => clip with { Part = "real", StrongEvents = null },
                        < 40 => clip with
                        {
                            Part = "real",
                            StrongEvents = null,
                            IsTagged = false,
                            WeakLabels = ["low"],
                        },
                        _ => clip,
                    }
            ),
        ]);

    private static readonly Labels.Mixed recipe = new([
        new LabelShare(strong, null, 0.2).WithPart("synthetic").WithLosses(true, false, true),
        new LabelShare(strong, null, 0.2).WithPart("real").WithLosses(true, false, false),
        new LabelShare(weak, null, 0.2).WithLosses(false, true, true),
        new LabelShare(none, null, 0.4),
    ]);

    [Fact]
    public void Every_batch_has_its_share_of_each_corpus()
    {
        var (_, clips) = SyntheticAndReal();
        using var own = clips;
        var order = TrainingTargets.Of(recipe, clips, Hums.HopSeconds).Order(taught with { BatchSize = 10 }, 1);
        Assert.Equal(40, order.Length);
        Assert.All(
            order.Chunk(10),
            batch =>
            {
                Assert.All(batch[..2], clip => Assert.InRange(clip, 0, 7));
                Assert.All(batch[2..4], clip => Assert.InRange(clip, 8, 15));
                Assert.All(batch[4..6], clip => Assert.InRange(clip, 16, 27));
                Assert.All(batch[6..], clip => Assert.InRange(clip, 28, 39));
            }
        );
        // Each share has draws of its own.
        Assert.NotEqual(
            order.Chunk(10).SelectMany(batch => batch[..2]),
            order.Chunk(10).SelectMany(batch => batch[2..4]).Select(clip => clip - 8)
        );
    }

    [Fact]
    public void An_epoch_may_end_with_the_share_that_ends_first()
    {
        var (_, clips) = SyntheticAndReal();
        using var own = clips;
        int[] Order(int batch) =>
            TrainingTargets
                .Of(recipe.WithEndsWithFirst(true), clips, Hums.HopSeconds)
                .Order(taught with { BatchSize = batch }, 1);
        // 12 unlabelled clips, 4 in each batch of 10: 3 batches, and no clip is repeated.
        Assert.Equal(30, Order(10).Distinct().Count());
        Assert.Equal(30, Order(10).Length);
        // 15 clips in a batch: 3, 3, 3 and 6.
        Assert.Equal(30, Order(15).Length);
        Assert.Equal(60, Order(60).Length);
    }

    [Fact]
    public void Each_share_is_used_in_its_own_losses_only()
    {
        using var scope = NewDisposeScope();
        var (_, clips) = SyntheticAndReal();
        using var own = clips;
        var targets = TrainingTargets.Of(recipe, clips, Hums.HopSeconds);
        var batch = targets.Order(taught with { BatchSize = 5 }, 1)[..5]; // synthetic, real, weak, 2 without labels
        var held = targets.Of(batch, hums.Frames, CPU);
        var output = Output(5);
        var found = new TwoOutputLoss(1, 1).Of(output, held, null);
        var wanted =
            nn.functional.binary_cross_entropy(output.Strong[..2], held.Frames![..2])
            + nn.functional.binary_cross_entropy(output.Weak[2..3], clips.Labels(batch.AsSpan(2, 1), CPU));
        Assert.Equal(wanted.item<float>(), found.item<float>(), 1e-6);
        found.backward();
        Assert.Equal([1, 1, 0, 0, 0], Moved(output.Strong));
        Assert.Equal([0, 0, 1, 0, 0], Moved(output.Weak));
        var student = Output(5);
        ConsistencyLoss.Of(student, Output(5), held.ConsistentFrames(null), held.ConsistentTags).backward();
        Assert.Equal([1, 0, 1, 1, 1], Moved(student.Strong));
        Assert.Equal([1, 0, 1, 1, 1], Moved(student.Weak));
    }

    [Fact]
    public void Clips_of_different_corpora_are_not_mixed()
    {
        using var scope = NewDisposeScope();
        var (_, clips) = SyntheticAndReal();
        using var own = clips;
        var targets = TrainingTargets.Of(recipe, clips, Hums.HopSeconds);
        int[] batch = [0, 1, 2, 8, 9, 10];
        // Each clip of a corpus has the number of the corpus in all features.
        var features = tensor(new float[] { 1, 1, 1, 2, 2, 2 }).view(6, 1, 1).expand(6, hums.Frames, hums.Bands);
        AugmentedBatch whole = new(features, targets.Of(batch, hums.Frames, CPU));
        for (var seed = 0; seed < 5; seed++)
            foreach (var augmentation in new Augmentation[] { new Mixup(1), new MixupPairs(1) })
            {
                var mixed = augmentation.Apply(whole, new Random(seed));
                var values = mixed.Features[.., 0, 0].data<float>().ToArray();
                Assert.All(values[..(values.Length / 2)], value => Assert.Equal(1, value, 1e-6));
                Assert.All(values[(values.Length / 2)..], value => Assert.Equal(2, value, 1e-6));
                Assert.Equal(values.Length, mixed.Targets.Consistent!.shape[0]);
            }
    }

    [Fact]
    public void Clips_of_a_share_without_mixup_are_not_combined()
    {
        using var scope = NewDisposeScope();
        var (_, clips) = SyntheticAndReal();
        using var own = clips;
        Labels.Mixed separate = new([.. recipe.Shares.Take(3), recipe.Shares[3].WithCombined(false)]);
        int[] batch = [0, 8, 16, 28, 39];
        BatchTargets Of(Labels labels) =>
            TrainingTargets.Of(labels, clips, Hums.HopSeconds).Of(batch, hums.Frames, CPU);
        Assert.Null(Of(recipe).Combined);
        Assert.Equal([true, true, true, false, false], Of(separate).Combined!);
        // The keys of other shares do not contain the setting.
        Assert.DoesNotContain("combined", CanonicalKey.Text(recipe));
        Assert.Contains("\"combined\":false", CanonicalKey.Text(separate));
    }

    [Fact]
    public void Unlabelled_clips_have_no_loss_if_no_clip_has_strong_labels()
    {
        using var scope = NewDisposeScope();
        var (_, clips) = SyntheticAndReal();
        using var own = clips;
        Labels.Mixed two = new([new(weak, null, 0.5), new(none, null, 0.5)]);
        var targets = TrainingTargets.Of(two, clips, Hums.HopSeconds);
        var batch = targets.Order(taught with { BatchSize = 4 }, 1)[..4];
        var output = Output(4);
        new TwoOutputLoss(1, 1).Of(output, targets.Of(batch, hums.Frames, CPU), null).backward();
        Assert.Equal([0, 0, 0, 0], Moved(output.Strong));
        Assert.Equal([1, 1, 0, 0], Moved(output.Weak));
    }

    [Fact]
    public void Impossible_shares_of_corpora_are_reported()
    {
        var (manifest, clips) = SyntheticAndReal();
        using var own = clips;
        string[] Problems(Labels labels, Manifest of) =>
            [.. TrainingTargets.Problems(labels, of).Select(problem => problem.ToString())];
        LabelShare Of(Labels kind, string part) => new LabelShare(kind, null, 0.5).WithPart(part);
        Assert.Empty(Problems(recipe, manifest));
        Assert.Equal(
            [
                "no training clips are from a corpus 'reel'; the corpora are 'synthetic', 'real'",
                "Hums has strong labels for 16 of its 40 training clips and only weak labels for 12; 'synthetic' has no clips of the kind 'weak labels', but their share of a batch is 0.5; leave their part out of `Mixed` or, if all clips have strong labels, draw the parts with `subset`",
            ],
            Problems(new Labels.Mixed([Of(strong, "reel"), Of(weak, "synthetic")]), manifest)
        );
        Assert.Equal(
            [
                "no training clips are from a corpus 'real'; use several corpora, for example `data [ synthetic; real ]`, or replace `annotatedIn` by `annotated`",
            ],
            Problems(new Labels.Mixed([Of(strong, "real"), new(weak, null, 0.5)]), hums.Manifest)[..1]
        );
        Assert.Equal(
            [
                "strong labels occur in 2 parts; list each kind of labels once, or once for each corpus (`annotatedIn`)",
                "strong labels are used in no loss; name at least one loss",
                "a subset cannot be drawn from the corpus 'real' alone; draw it from the clips of all corpora, or use `annotatedIn` for the clips of one corpus",
                "`subset` and `annotated` are mixed; use one of them for all parts",
            ],
            new Labels.Mixed([
                new LabelShare(strong, null, 0.5).WithLosses(false, false, false),
                new LabelShare(strong, 0.5, 0.5).WithPart("real"),
            ])
                .Problems()
                .Select(problem => problem.ToString())
        );
    }
}
