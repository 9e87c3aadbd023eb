using Sed.Core.Corpora;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Targets;

namespace Sed.Core.Tests.Training;

/// <summary>Problems with labels that are reported before training.</summary>
public sealed partial class TrainingTargetsTests
{
    [Fact]
    public void Labels_that_the_corpus_lacks_are_reported_before_training()
    {
        var (manifest, clips) = Lists([.. hums.Manifest.Clips.Select(clip => clip with { StrongEvents = null })]);
        using var _ = clips;
        const string known = "Hums has strong labels for 0 of its 40 training clips and only weak labels for 40";
        Assert.Equal(
            [
                $"{known}, but `labels Strong` needs strong labels for all labelled clips; use `labels WeakOnly` or a corpus of soundscapes",
            ],
            TrainingTargets.Problems(strong, manifest).Select(problem => problem.ToString())
        );
        Assert.Equal(
            [
                $"{known}; there are no clips of the kind 'strong labels', but their share of a batch is 0.5; leave their part out of `Mixed` or, if all clips have strong labels, draw the parts with `subset`",
            ],
            TrainingTargets
                .Problems(new Labels.Mixed([new(strong, null, 0.5), new(weak, null, 0.5)]), manifest)
                .Select(problem => problem.ToString())
        );
        Assert.Equal(
            ["strong labels for 0.001 of 40 training clips round to 0 clips; give them a larger share"],
            TrainingTargets
                .Problems(new Labels.Mixed([new(strong, 0.001, 0.5), new(weak, 0.9, 0.5)]), hums.Manifest)
                .Select(problem => problem.ToString())
        );
        var scores = new ClipScores(["hum0"], 2, 1, new float[4], new float[2]);
        var error = Assert.Throws<ArgumentException>(() =>
            TrainingTargets.Of(strong, clips, Hums.HopSeconds, FrameTargets.FromScores(scores))
        );
        Assert.Equal(
            $"""
            {known}, but `labels Strong` needs strong labels for all labelled clips; use `labels WeakOnly` or a corpus of soundscapes
            the pseudo-labels have 2 classes, but the clips have 3
            the pseudo-labels of hum0 cover 2 s, but the clip lasts 4 s (clips with such a difference: 1); use pseudo-labels of a network that was scored on the same clips, with the same clip length and padding
            """.ReplaceLineEndings(),
            error.Message
        );
    }

    [Fact]
    public void Unlabelled_clips_need_pseudo_labels_or_a_mean_teacher()
    {
        using var clips = hums.Clips(Split.Training);
        var targets = TrainingTargets.Of(thirds, clips, Hums.HopSeconds);
        Assert.Equal(
            "20 clips are unlabelled but not used: there are neither pseudo-labels nor a mean teacher. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => targets.Require(clips, taught with { MeanTeacher = null })).Message
        );
        Assert.Equal(
            "Batches of 2 clips are too small for 3 kinds of labels. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => targets.Require(clips, taught with { BatchSize = 2 })).Message
        );
        using var others = hums.Clips(Split.Training);
        Assert.Throws<ArgumentException>(() => targets.Require(others, taught));
        TrainingTargets
            .Of(thirds, clips, Hums.HopSeconds, FrameTargets.FromScores(Said(clips, 10)))
            .Require(clips, taught with { MeanTeacher = null });
    }

    [Fact]
    public void All_invalid_shares_are_reported_at_once()
    {
        Labels.Mixed wrong = new([
            new(strong, 0, 0.5),
            new(strong, 0.9, 1.5),
            new(weak, 0.8, -1),
            new(none, null, 0.5),
        ]);
        Assert.Equal(
            [
                "strong labels occur in 2 parts; list each kind of labels once, or once for each corpus (`annotatedIn`)",
                "strong labels for 0 of the clips; the share must be greater than 0 and at most 1",
                "strong labels in 1.5 of a batch; the share must be greater than 0 and at most 1",
                "weak labels in -1 of a batch; the share must be greater than 0 and at most 1",
                "`subset` and `annotated` are mixed; use one of them for all parts",
                "the shares of the clips add up to 1.7000000000000002; they may add up to at most 1",
                "the shares of a batch add up to 1.5; they must add up to 1",
            ],
            wrong.Problems().Select(problem => problem.ToString())
        );
        Assert.Equal(
            [
                "`Mixed` is empty; list its parts, for example `Mixed [ subset Strong 0.1 0.25; subset WeakOnly 0.9 0.75 ]`",
            ],
            new Labels.Mixed([]).Problems().Select(problem => problem.ToString())
        );
        Assert.Equal(
            ["no clip is labelled, so nothing can be learnt; add a part with Strong or WeakOnly"],
            new Labels.Mixed([new(none, 1, 1)]).Problems().Select(problem => problem.ToString())
        );
        Assert.Equal(
            [
                "no clip is labelled, so nothing can be learnt; use `labels WeakOnly` or `labels Strong`, or include `Unlabelled` in `Mixed`",
            ],
            none.Problems().Select(problem => problem.ToString())
        );
        Assert.Equal(
            ["`Mixed` contains `Mixed`; it can contain only Strong, WeakOnly and Unlabelled"],
            new Labels.Mixed([new(new Labels.Mixed([new(weak, 1, 1)]), 1, 1)])
                .Problems()
                .Select(problem => problem.ToString())
        );
        Assert.Empty(thirds.Problems());
        Assert.Equal(
            "strong labels for 0.2 of the clips and 0.25 of a batch, weak labels for 0.3 of the clips and 0.25 of a batch, "
                + "no labels for 0.5 of the clips and 0.5 of a batch",
            thirds.Summary
        );
    }
}
