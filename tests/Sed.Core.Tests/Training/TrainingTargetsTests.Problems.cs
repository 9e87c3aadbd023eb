using Sed.Core.Corpora;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Targets;

namespace Sed.Core.Tests.Training;

/// <summary>What is wrong with labels, before anything is trained.</summary>
public sealed partial class TrainingTargetsTests
{
    [Fact]
    public void A_corpus_that_does_not_know_what_is_to_be_told_is_named_before_anything_is_trained()
    {
        var (manifest, clips) = Lists([.. hums.Manifest.Clips.Select(clip => clip with { StrongEvents = null })]);
        using var _ = clips;
        const string known = "Hums has strong labels for 0 of its 40 training clips and weak ones alone for 40";
        Assert.Equal(
            [$"{known}, but all are to be told strong ones; say `labels WeakOnly`, or take a corpus that is mixed"],
            TrainingTargets.Problems(strong, manifest)
        );
        Assert.Equal(
            [
                $"{known}, and none has strong labels to take 0.5 of a batch; leave that kind out, or draw the kinds with `told` where everything is known",
            ],
            TrainingTargets.Problems(new Labels.Mixed([new(strong, null, 0.5), new(weak, null, 0.5)]), manifest)
        );
        Assert.Equal(
            ["strong labels are told of 0.001 of 40 training clips, which is none; give them a larger share"],
            TrainingTargets.Problems(new Labels.Mixed([new(strong, 0.001, 0.5), new(weak, 0.9, 0.5)]), hums.Manifest)
        );
        var scores = new ClipScores(["hum0"], 2, 1, new float[4], new float[2]);
        var error = Assert.Throws<ArgumentException>(() =>
            TrainingTargets.Of(strong, clips, Hums.HopSeconds, FrameTargets.FromScores(scores))
        );
        Assert.Equal(
            $"""
            {known}, but all are to be told strong ones; say `labels WeakOnly`, or take a corpus that is mixed
            the pseudo labels are of 2 classes, the clips of 3
            the pseudo labels are of clips of 2 s, the clips last 4 s
            """.ReplaceLineEndings(),
            error.Message
        );
    }

    [Fact]
    public void Clips_without_labels_need_somebody_who_teaches_them()
    {
        using var clips = hums.Clips(Split.Training);
        var targets = TrainingTargets.Of(thirds, clips, Hums.HopSeconds);
        Assert.Equal(
            "Of 20 clips nothing is told, so nothing can be learnt from them; pseudo labels or a mean teacher would. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => targets.Require(clips, taught with { MeanTeacher = null })).Message
        );
        Assert.Equal(
            "Batches of 2 clips have no room for 3 kinds of labels. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => targets.Require(clips, taught with { BatchSize = 2 })).Message
        );
        using var others = hums.Clips(Split.Training);
        Assert.Throws<ArgumentException>(() => targets.Require(others, taught));
        TrainingTargets
            .Of(thirds, clips, Hums.HopSeconds, FrameTargets.FromScores(Said(clips, 10)))
            .Require(clips, taught with { MeanTeacher = null });
    }

    [Fact]
    public void Every_impossible_share_is_named_at_once()
    {
        Labels.Mixed wrong = new([
            new(strong, 0, 0.5),
            new(strong, 0.9, 1.5),
            new(weak, 0.8, -1),
            new(none, null, 0.5),
        ]);
        Assert.Equal(
            [
                "strong labels have 2 shares; give each kind one",
                "strong labels are told of 0 of the clips; a share lies above 0 and goes up to 1",
                "strong labels take 1.5 of a batch; a share lies above 0 and goes up to 1",
                "weak labels take -1 of a batch; a share lies above 0 and goes up to 1",
                "some kinds are told and others listed; say `told` for all of them, or `listed`",
                "the shares of the clips add up to 1.7000000000000002; they have 1 among them",
                "the shares of a batch add up to 1.5; they have to make 1",
            ],
            wrong.Problems()
        );
        Assert.Equal(
            ["`Mixed` has no shares; for example `Mixed [ told Strong 0.1 0.25; told WeakOnly 0.9 0.75 ]`"],
            new Labels.Mixed([]).Problems()
        );
        Assert.Equal(
            ["of no clip is anything told; give Strong or WeakOnly a share too"],
            new Labels.Mixed([new(none, 1, 1)]).Problems()
        );
        Assert.Equal(
            ["of no clip is anything told; say WeakOnly or Strong, or give Unlabelled a share of `Mixed`"],
            none.Problems()
        );
        Assert.Equal(
            ["`Mixed` is one of its own shares; the kinds are Strong, WeakOnly and Unlabelled"],
            new Labels.Mixed([new(new Labels.Mixed([new(weak, 1, 1)]), 1, 1)]).Problems()
        );
        Assert.Empty(thirds.Problems());
        Assert.Equal(
            "strong labels for 0.2 of the clips and 0.25 of a batch, weak labels for 0.3 of the clips and 0.25 of a batch, "
                + "no labels for 0.5 of the clips and 0.5 of a batch",
            thirds.Summary
        );
    }
}
