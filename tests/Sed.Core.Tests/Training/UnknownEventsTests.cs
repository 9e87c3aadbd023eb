using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>
/// Evaluation on clips without strong labels, for example a validation split drawn from weakly labelled clips.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class UnknownEventsTests
{
    private static readonly Hums known = new();
    private static readonly Hums unknown = new(unknown: 10);
    private static readonly TrainingOptions options = new() { Epochs = 3, Seed = 3 };

    public UnknownEventsTests() => Torch.Initialize();

    [Theory]
    [InlineData(10)]
    [InlineData(1)]
    public void Weak_scores_are_unchanged_and_strong_scores_undefined_if_any_clip_lacks_strong_labels(int count)
    {
        using var network = Network();
        var expected = known.Evaluator().Evaluate(network, CPU, 4);
        var scored = new Hums(unknown: count).Evaluator().Evaluate(network, CPU, 4);
        Assert.True(expected.HasEvents);
        Assert.False(scored.HasEvents);
        foreach (var metric in Metric.All)
            if (metric.NeedsEvents)
                Assert.True(double.IsNaN(metric.Of(scored)), metric.Name);
            else
                Assert.Equal(metric.Of(expected), metric.Of(scored));
    }

    [Fact]
    public void Undefined_strong_scores_survive_the_checkpoint_and_are_logged()
    {
        using var folder = new TemporaryFolder();
        var first = Train(options with { Epochs = 2 }, folder.Path);
        var reports = Train(options, folder.Path);
        Assert.Equal(3, reports.Count);
        Assert.All(reports, report => Assert.DoesNotContain(SegmentMetrics.F.Key, report.Scores.Keys));
        Assert.Equal(first, reports.Take(2));
        Assert.Contains(",NaN,NaN,", File.ReadAllLines(Folder(folder.Path).EpochsFile)[3]);
    }

    [Fact]
    public void Defined_strong_scores_survive_the_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var first = Train(options with { Epochs = 2 }, folder.Path, known);
        var again = Train(options with { Epochs = 2 }, folder.Path, known);
        Assert.Equal(first, again);
        Assert.All(again, report => Assert.Contains(SegmentMetrics.F.Key, report.Scores.Keys));
    }

    [Fact]
    public void A_monitor_that_needs_strong_labels_is_rejected_after_the_first_epoch()
    {
        using var network = Network();
        var error = Assert.Throws<TrainingException>(() =>
            new Trainer(options with { Monitor = TagMetrics.F - SegmentMetrics.ErrorRate }, CPU).Train(
                network,
                unknown.Clips(Split.Training),
                unknown.Evaluator()
            )
        );
        Assert.Equal(
            "The early-stopping monitor is undefined (NaN) after epoch 1: not all clips of the early-stopping split "
                + "have strong labels, so only clip-level scores are defined; monitor only clip-level scores, or select "
                + "epochs on clips with strong labels.",
            error.Message
        );
    }

    private static TrainingFolder Folder(string path) => new(path, "the hums' features", "hums");

    private static SedNetwork Network()
    {
        random.manual_seed(1);
        return new SedNetwork(known.Network);
    }

    private static IReadOnlyList<EpochReport> Train(TrainingOptions options, string folder, Hums? hums = null)
    {
        hums ??= unknown;
        using var network = Network();
        return new Trainer(options with { Monitor = TagMetrics.F }, CPU).Train(
            network,
            hums.Clips(Split.Training),
            hums.Evaluator(),
            folder: Folder(folder)
        );
    }
}
