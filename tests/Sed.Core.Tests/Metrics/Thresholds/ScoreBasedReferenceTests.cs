using System.Text.Json;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Tests.Metrics.Thresholds;

public class ScoreBasedReferenceTests
{
    [Fact]
    public void PSDS_of_every_scores_case_equals_that_of_sed_scores_eval()
    {
        Expect expect = new("exact PSDS");
        foreach (var (one, pairs) in Cases())
        foreach (var setting in one.Expected.GetProperty("sed_scores_eval_psds").EnumerateArray())
        {
            var given = setting.GetProperty("params");
            var cttc = given.GetProperty("cttc_threshold");
            PsdsOptions options = new()
            {
                DetectionTolerance = given.GetProperty("dtc_threshold").GetDouble(),
                GroundTruthIntersection = given.GetProperty("gtc_threshold").GetDouble(),
                CrossTriggerTolerance = cttc.ValueKind == JsonValueKind.Null ? 0.3 : cttc.GetDouble(),
                CrossTriggerWeight = given.GetProperty("alpha_ct").GetDouble(),
                InstabilityWeight = given.GetProperty("alpha_st").GetDouble(),
                MaxEffectiveFalsePositiveRate = given.GetProperty("max_efpr").GetDouble(),
            };
            var here = expect.At($"{one.Name}, {given}");
            var result = Intersection.Psds(pairs, options);
            here.Close("psds", setting.GetProperty("psds").GetDouble(), result.Value.Value);
            here.Equal("points", setting.GetProperty("n_roc_points").GetDouble(), result.Roc.Length);
            for (var k = 0; k < result.Classes.Count; k++)
                here.Close(
                    result.Classes[k],
                    setting.GetProperty("single_class_psds").GetProperty(result.Classes[k]).GetDouble(),
                    result.ClassScores[k]
                );
        }
        expect.Finish(atLeast: 4 * 19);
    }

    [Fact]
    public void More_equal_scores_of_one_file_than_16_bits_can_count_are_all_counted()
    {
        const int seconds = 100_000;
        ScoreList scores = new(new(["Car"]), [("a", FrameScores.Of([0.5f], 1, seconds))]);
        var reference = EventList.Of([("a", [new SoundEvent(0, 40_000, "Car")])]);
        var curve = Assert.Single(SegmentBased.Curves(ScorePairs.Of(scores, reference)).PerClass);
        Assert.Equal([new(double.PositiveInfinity, 0, 0), new(0.5, 40_000, 60_000)], curve.Points);
        Assert.Equal(40_000, curve.References);
    }

    [Fact]
    public void Curves_of_every_scores_case_equal_those_of_sed_scores_eval()
    {
        Expect expect = new("curves");
        foreach (var (one, pairs) in Cases())
        {
            var segments = one.Expected.GetProperty("sed_scores_eval_segment_based_1s");
            var curves = SegmentBased.Curves(pairs);
            CompareF(expect.At($"{one.Name}, segments"), segments, curves);
            foreach (var curve in curves.PerClass)
            {
                expect.Rate(segments.GetProperty("average_precision"), curve.Label, curve.AveragePrecision());
                expect.Rate(segments.GetProperty("auroc"), curve.Label, curve.RocArea(RocTies.AsSedScoresEval));
            }
            expect.Rate(
                segments.GetProperty("average_precision"),
                "mean",
                curves.Mean(curve => curve.AveragePrecision())
            );
            expect.Rate(
                segments.GetProperty("auroc"),
                "mean",
                curves.Mean(curve => curve.RocArea(RocTies.AsSedScoresEval))
            );

            var collars = one.Expected.GetProperty("sed_scores_eval_collar_based");
            EventOptions options = new()
            {
                CollarSeconds = collars.GetProperty("params").GetProperty("onset_collar").GetDouble(),
                PercentageOfLength = collars.GetProperty("params").GetProperty("offset_collar_rate").GetDouble(),
            };
            CompareF(expect.At($"{one.Name}, events"), collars, EventBased.Curves(pairs, options));

            var parts = one.Expected.GetProperty("sed_scores_eval_intersection_based");
            PsdsOptions tolerances = new()
            {
                DetectionTolerance = parts.GetProperty("params").GetProperty("dtc_threshold").GetDouble(),
                GroundTruthIntersection = parts.GetProperty("params").GetProperty("gtc_threshold").GetDouble(),
            };
            CompareF(expect.At($"{one.Name}, intersections"), parts, Intersection.Curves(pairs, tolerances));
        }
        expect.Finish(atLeast: 3 * 130);
    }

    [Fact]
    public void Metrics_of_a_scores_case_at_one_threshold_equal_those_of_sed_eval()
    {
        Expect expect = new("at 0.5");
        foreach (var (one, _) in Cases())
        {
            var scores = ScoreList.Read(one.PathOf("scores.tsv"));
            var given = one.Expected.GetProperty("sed_eval_at_threshold_0.5");
            var pairs = EventPairs.Of(one.Classes, one.Reference, scores.EventsAbove(0.5));
            ExpectedScores.Compare(
                expect.At("segments"),
                given.GetProperty("segment_res1.0_len10"),
                SegmentBased.Count(pairs, new SegmentOptions { LengthSeconds = 10 }).Scores()
            );
            ExpectedScores.Compare(
                expect.At("events"),
                given.GetProperty("event_onset_offset_t0.2_p0.2"),
                EventBased.Count(pairs, new EventOptions { PercentageOfLength = 0.2 }).Scores()
            );
        }
        expect.Finish(atLeast: 300);
    }

    private static IEnumerable<(ReferenceCase Case, ScorePairs Pairs)> Cases()
    {
        foreach (var one in ReferenceCase.All().Where(one => one.Has("scores.tsv")))
        {
            var scores = ScoreList.Read(one.PathOf("scores.tsv"));
            var seconds = one.Expected.GetProperty("audio_duration_seconds_each").GetDouble();
            var durations = Durations.Of(scores.Files.Select(file => (file, seconds)));
            yield return (one, ScorePairs.Of(scores, one.Reference, durations));
        }
    }

    private static void CompareF(Expect expect, JsonElement expected, ThresholdCurves actual)
    {
        Compare(expect.At("0.5"), expected.GetProperty("fscore_at_0.5"), actual, _ => 0.5);
        var best = actual.BestF();
        var thresholds = expected.GetProperty("best_fscore").GetProperty("thresholds");
        foreach (var (label, one) in best)
            expect.Close($"threshold of {label}", thresholds.GetProperty(label).GetDouble(), one.Threshold);
        Compare(expect.At("best"), expected.GetProperty("best_fscore"), actual, curve => best[curve.Label].Threshold);
    }

    private static void Compare(
        Expect expect,
        JsonElement expected,
        ThresholdCurves actual,
        Func<ThresholdCurve, double> threshold
    )
    {
        foreach (var curve in actual.PerClass)
            CompareOne(expect.At(curve.Label), expected, curve.Label, curve.FMeasureAt(threshold(curve)));
        CompareOne(expect.At("macro"), expected, "macro_average", actual.MacroAverage(threshold));
        CompareOne(expect.At("micro"), expected, "micro_average", actual.MicroAverage(threshold));
    }

    private static void CompareOne(Expect expect, JsonElement expected, string name, FMeasure actual)
    {
        expect.Rate(expected.GetProperty("f"), name, actual.F);
        expect.Rate(expected.GetProperty("p"), name, actual.Precision);
        expect.Rate(expected.GetProperty("r"), name, actual.Recall);
    }
}
