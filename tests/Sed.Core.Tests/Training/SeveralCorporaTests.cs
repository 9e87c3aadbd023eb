using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>
/// Training with two corpora of different classes, one with strong labels and one with soft labels, as DESED and MAESTRO
/// in DCASE 2024 Task 4.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class SeveralCorporaTests
{
    private static readonly Hums hums = new();
    private static readonly Labels.Mixed both = new([
        new LabelShare(new Labels.Strong(), null, 0.5).WithPart("desed"),
        new LabelShare(new Labels.Strong(), null, 0.5).WithPart("maestro").WithLosses(true, false, false),
    ]);

    public SeveralCorporaTests() => Torch.Initialize();

    [Fact]
    public void Soft_labels_and_strong_labels_of_different_classes_are_targets_of_one_training()
    {
        using var scope = NewDisposeScope();
        using var clips = Clips();
        Assert.Equal(["low", "middle", "high"], clips.Classes);
        var targets = TrainingTargets.Of(both, clips, Hums.HopSeconds).Of([0, 13], hums.Frames, CPU);
        // The first second of a recording of maestro has the confidence 0.25, the next one 0.75.
        Assert.Equal([0.25f, 0.75f, 0], Values(targets.Frames![1, .., 2], 5, 15, 25));
        Assert.Equal([0, 0, 1], Values(targets.KnownFrames![1, 5]));
        Assert.Equal([1, 1, 0], Values(targets.KnownFrames![0, 5]));
        Assert.NotEqual(targets.Kinds![0], targets.Kinds[1]);
    }

    [Fact]
    public void Each_clip_has_the_classes_that_its_corpus_annotates()
    {
        using var scope = NewDisposeScope();
        using var clips = Clips();
        WeakOutput masked = new WeakOutput.MaskedClassAttention();
        Assert.Equal([1f, 1, 0, 0, 0, 1], clips.AnnotatedClasses(masked, [0, 13], CPU)!.data<float>().ToArray());
        using ClipSet alone = hums.Clips(Split.Training);
        Assert.Null(clips.AnnotatedClasses(new WeakOutput.FlooredClassAttention(), [0, 13], CPU));
        Assert.Null(alone.AnnotatedClasses(masked, [0], CPU));
    }

    [Fact]
    public void Attention_among_the_annotated_classes_is_used_in_training()
    {
        double[] Of(WeakOutput weak) => Train(clip => clip, hums.Network with { Weak = weak });
        var masked = Of(new WeakOutput.MaskedClassAttention());
        Assert.Equal(masked, Of(new WeakOutput.MaskedClassAttention()));
        Assert.NotEqual(masked, Of(new WeakOutput.FlooredClassAttention()));
    }

    [Fact]
    public void Labels_of_unknown_classes_change_nothing()
    {
        var trained = Train(clip => clip);
        var changed = Train(clip =>
            clip.Part == "desed"
                ? clip with
                {
                    StrongEvents = [.. clip.StrongEvents!, new SoundEvent(0, 3, "high")],
                    WeakLabels = [.. clip.WeakLabels, "high"],
                }
                : clip with
                {
                    SoftEvents = [.. clip.SoftEvents!, new SoftEvent(new SoundEvent(0, 2, "low"), 0.6)],
                    WeakLabels = ["low", .. clip.WeakLabels],
                }
        );
        Assert.Equal(trained, changed);
        Assert.NotEqual(trained, Train(clip => clip with { UnknownLabels = [] }));
    }

    /// <summary>The squared norm of each parameter after training.</summary>
    private static double[] Train(Func<Clip, Clip> change, NetworkDescription? description = null)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var network = new SedNetwork(description ?? hums.Network);
        using var clips = Clips(change);
        TrainingOptions options = new()
        {
            Epochs = 2,
            BatchSize = 8,
            MeanTeacher = new MeanTeacher { RampUpEpochs = 0 },
            Augmentations = [new Mixup(0.3)],
            Monitor = TagMetrics.F,
        };
        new Trainer(options, CPU).Train(
            network,
            clips,
            hums.Evaluator(),
            targets: TrainingTargets.Of(both, clips, Hums.HopSeconds)
        );
        return [.. network.parameters().Select(own => own.to(float64).square().sum().item<double>())];
    }

    /// <summary>
    /// 12 training clips of desed with events of the classes low and middle, and 12 of maestro with a soft label of the
    /// class high for each of the first two seconds.
    /// </summary>
    private static ClipSet Clips(Func<Clip, Clip>? change = null)
    {
        Manifest Of(string name, string[] classes, Func<int, bool> belongs, Func<Clip, Clip> labelled) =>
            new(
                name,
                new ClassList(classes),
                8000,
                hums.Manifest.ClipSeconds,
                [.. hums.Manifest.Clips.Where((_, i) => belongs(i)).Select(labelled)]
            );
        var desed = Of(
            "desed",
            ["low", "middle"],
            i => i < 12,
            clip =>
                clip with
                {
                    StrongEvents = [.. clip.StrongEvents!.Where(sound => sound.Label != "high")],
                    WeakLabels = [.. clip.WeakLabels.Where(label => label != "high")],
                }
        );
        var maestro = Of(
            "maestro",
            ["high"],
            i => i >= 12,
            clip =>
                clip with
                {
                    StrongEvents = [new SoundEvent(1, 2, "high")],
                    WeakLabels = ["high"],
                    SoftEvents =
                    [
                        new SoftEvent(new SoundEvent(0, 1, "high"), 0.25),
                        new SoftEvent(new SoundEvent(1, 2, "high"), 0.75),
                    ],
                }
        );
        var union = CorpusUnion.Of([desed, maestro]);
        Manifest manifest = new(
            union.Corpus,
            union.Classes,
            union.SampleRate,
            union.ClipSeconds,
            [.. union.Clips.Select(clip => clip.Split == Split.Training && change is not null ? change(clip) : clip)]
        );
        return new ClipSet(manifest, hums, hums.Statistics, Split.Training);
    }

    private static float[] Values(Tensor tensor, params long[] at) =>
        [.. (at.Length == 0 ? tensor : tensor.index_select(0, at)).contiguous().data<float>()];
}
