using System.Globalization;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Thresholds;
using Sed.Core.Scoring;

namespace Sed.Core.Tests.Metrics.Scores;

/// <summary>
/// Comparisons of <see cref="Metric.All"/> with sed_scores_eval (c7a3b71, NumPy 1.24) on random scores.
/// <c>tools/reference/score_metrics.py</c> wrote the lists and the expected values.
/// </summary>
public sealed class MetricReferenceTests
{
    private static readonly string folder = Path.Combine(AppContext.BaseDirectory, "Metrics", "Scores");
    private static readonly EventList reference = EventListFile.Read(Path.Combine(folder, "reference.tsv"));
    private static readonly ScoreList scores = ScoreList.Read(Path.Combine(folder, "scores.tsv"));
    private static readonly Durations durations = Durations.Read(Path.Combine(folder, "durations.tsv"));
    private static readonly Dictionary<string, double> expected = File.ReadLines(Path.Combine(folder, "expected.tsv"))
        .Select(line => line.Split('\t'))
        .ToDictionary(fields => fields[0], fields => double.Parse(fields[1], CultureInfo.InvariantCulture));

    private static ScorePairs Scored => ScorePairs.Of(scores, reference, durations);

    [Theory]
    [InlineData("strongF")]
    [InlineData("strongMacroF")]
    [InlineData("eventF")]
    [InlineData("eventMacroF")]
    [InlineData("eventMacroF20")]
    [InlineData("intersectionF")]
    [InlineData("intersectionMacroF")]
    public void A_metric_of_the_events_at_threshold_one_half_equals_that_of_sed_scores_eval(string key)
    {
        var pairs = EventPairs.Of(scores.Classes, reference, scores.EventsAbove(0.5));
        Assert.Equal(expected[key], Metric.WithKey(key)!.Of(MetricInputs.Of(pairs).Once()), 1e-12);
    }

    [Theory]
    [InlineData("bestStrongF")]
    [InlineData("bestStrongMacroF")]
    [InlineData("frameAuc")]
    [InlineData("mpAUC")]
    [InlineData("frameError")]
    [InlineData("psds1")]
    [InlineData("psds2")]
    [InlineData("piPsds1")]
    [InlineData("piPsds2")]
    public void A_metric_of_frame_scores_equals_the_reference(string key) =>
        Assert.Equal(expected[key], Metric.WithKey(key)!.Of(MetricInputs.Of(Scored).Once()), 1e-12);

    private static readonly Dictionary<string, PsdsOptions> scenarios = new()
    {
        ["1"] = PsdsOptions.Scenario1,
        ["2"] = PsdsOptions.Scenario2,
        ["3"] = new()
        {
            DetectionTolerance = 0.6,
            GroundTruthIntersection = 0.6,
            CrossTriggerWeight = 0.5,
            MaxEffectiveFalsePositiveRate = 400,
        },
    };

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("3")]
    public void Psds_and_piPsds_with_their_values_for_each_class_equal_those_of_sed_scores_eval(string scenario)
    {
        foreach (
            var (name, result) in new[]
            {
                ("psds", Intersection.Psds(Scored, scenarios[scenario])),
                ("piPsds", Intersection.PiPsds(Scored, scenarios[scenario])),
            }
        )
        {
            Assert.Equal(expected[name + scenario], result.Value.Value, 1e-12);
            Assert.Equal(scores.Classes, result.Classes);
            for (var k = 0; k < result.Classes.Count; k++)
                Assert.Equal(expected[$"{name}{scenario} {result.Classes[k]}"], result.ClassScores[k], 1e-12);
        }
    }

    [Theory]
    [InlineData("frameAuc")]
    [InlineData("mpAUC")]
    [InlineData("psds1")]
    [InlineData("piPsds2")]
    public void The_value_of_a_metric_for_each_class_equals_the_reference(string key)
    {
        var once = MetricInputs.Of(Scored).Once();
        foreach (var label in scores.Classes)
            Assert.Equal(expected[$"{key} {label}"], Metric.WithKey(key)!.RateOf(once, label).Value, 1e-12);
    }

    [Theory]
    [InlineData("frameAuc")]
    [InlineData("mpAUC")]
    [InlineData("meanAP")]
    [InlineData("bestStrongMacroF")]
    [InlineData("frameEce")]
    [InlineData("eventMacroF")]
    [InlineData("eventMacroF20")]
    [InlineData("intersectionMacroF")]
    public void A_metric_that_is_a_mean_over_classes_is_the_mean_of_its_values_for_the_classes(string key)
    {
        var metric = Metric.WithKey(key)!;
        var inputs = metric.IsOfDecisions
            ? MetricInputs.Of(EventPairs.Of(scores.Classes, reference, scores.EventsAbove(0.5)))
            : MetricInputs.Of(Scored);
        var once = inputs.Once();
        Assert.Equal(
            metric.RateOf(once).Value,
            scores.Classes.Average(label => metric.RateOf(once, label).Value),
            1e-12
        );
    }

    [Fact]
    public void A_class_has_no_value_if_the_metric_has_none_for_classes_or_the_class_has_no_events()
    {
        var once = MetricInputs.Of(Scored).Once();
        Assert.Equal("lwlrap is not computed for single classes", RankingMetrics.Lwlrap.RateOf(once, "bus").Why);
        var decisions = MetricInputs.Of(EventPairs.Of(scores.Classes, reference, scores.EventsAbove(0.5))).Once();
        Assert.Equal("these inputs have no frame scores", RocMetrics.FrameArea.RateOf(decisions, "bus").Why);
        var none = MetricInputs.Of(ScorePairs.Of(scores, EventList.Of([]), durations)).Once();
        Assert.Equal("the reference has no positives", RocMetrics.FrameArea.RateOf(none, "bus").Why);
        Assert.Equal("the reference has no events of the class", PsdsMetrics.Scenario1.RateOf(none, "bus").Why);
    }

    [Fact]
    public void The_partial_area_up_to_a_rate_of_1_is_the_whole_area_and_a_perfect_ranking_has_1()
    {
        foreach (var curve in SegmentBased.Curves(Scored).PerClass)
        {
            Assert.Equal(curve.RocArea(), curve.RocArea(RocTies.InOrder, 1));
            Assert.InRange(curve.RocArea(RocTies.InOrder, 0.1).Value, 0, curve.RocArea().Value);
            Assert.Throws<ArgumentOutOfRangeException>(() => curve.RocArea(RocTies.InOrder, 0));
        }
        var perfect = FrameScores.Of([0.9f, 0.9f, 0.1f, 0.1f], 1, 1);
        var pairs = ScorePairs.Of(
            new ScoreList(new(["Car"]), [("a", perfect)]),
            EventList.Of([("a", [new SoundEvent(0, 2, "Car")])])
        );
        Assert.Equal(1, RocMetrics.MeanPartialArea.Of(MetricInputs.Of(pairs).Once()));
    }

    [Fact]
    public void A_macro_average_states_its_classes_which_have_reference_events()
    {
        ClassList classes = new(["Bus", "Car", "Train"]);
        var pairs = EventPairs.Of(
            classes,
            EventList.Of([("a", [new SoundEvent(0, 1, "Car"), new SoundEvent(2, 3, "Bus")])]),
            EventList.Of([("a", [new SoundEvent(0, 1, "Car"), new SoundEvent(4, 5, "Train")])])
        );
        var once = MetricInputs.Of(pairs).Once();
        foreach (var metric in (Metric[])[SegmentMetrics.MacroF, EventMetrics.MacroF, IntersectionMetrics.MacroF])
        {
            Assert.Equal(0.5, metric.Of(once));
            Assert.Equal(["Bus", "Car"], metric.Averaged!(once));
        }
        Assert.Null(SegmentMetrics.F.Averaged);
        // The class average of sed_eval leaves out Bus, which has no estimate, and Train, which has no reference.
        Assert.Equal(1, once.Segments.Scores().ClassAverage.FMeasure.F.Value);
    }

    [Fact]
    public void A_macro_average_over_weighted_clips_is_over_the_classes_of_these_clips()
    {
        var inputs = MetricInputs.Of(EventPairs.Of(scores.Classes, reference, scores.EventsAbove(0.5)));
        var weights = new int[inputs.Clips];
        weights[1] = 1;
        Assert.Equal(["alarm", "bus", "car"], SegmentMetrics.MacroF.Averaged!(inputs.Weighted(weights)));
    }
}
