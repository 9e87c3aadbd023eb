using System.Text.Json;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Psds;

namespace Sed.Core.Tests.Metrics.Psds;

public class PsdsDecisionReferenceTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Rates_and_scores_of_every_reference_case_equal_those_of_psds_eval()
    {
        Expect expect = new("psds_eval");
        foreach (var one in ReferenceCase.OfEvents())
        {
            var psds = one.Expected.GetProperty("psds_eval");
            var (reference, estimate) = (one.Reference, one.Estimate);
            var durations = one.Has("dur.tsv")
                ? Durations.Read(one.PathOf("dur.tsv"))
                : Durations.Of(reference.Files.Select(file => (file, 10.0)));
            if (psds.ValueKind == JsonValueKind.Object)
            {
                var none = Intersection.Psds(reference, durations, [estimate], new PsdsOptions());
                expect.Note(!none.Value.IsDefined, $"{one.Name}: should be undefined, as psds_eval raises");
                continue;
            }
            foreach (var setting in psds.EnumerateArray())
            {
                var options = OptionsOf(setting.GetProperty("params"));
                var here = expect.At($"{one.Name}, {setting.GetProperty("params")}");
                var result = Intersection.Psds(reference, durations, [estimate], options);
                here.Close("psds", setting.GetProperty("psds").GetDouble(), result.Value.Value, Tolerance);
                CompareCurve(here, setting.GetProperty("psd_roc"), result);
                ComparePoint(
                    here,
                    setting.GetProperty("op0"),
                    result.Classes,
                    Intersection.At(reference, durations, estimate, options)
                );
            }
        }
        expect.Finish(atLeast: 5000);
    }

    [Fact]
    public void The_score_of_fifty_thresholds_equals_that_of_psds_eval()
    {
        Expect expect = new("50 thresholds");
        foreach (var one in ReferenceCase.All().Where(one => one.Has("scores.tsv")))
        {
            var scores = ScoreList.Read(one.PathOf("scores.tsv"));
            var seconds = one.Expected.GetProperty("audio_duration_seconds_each").GetDouble();
            var durations = Durations.Of(scores.Files.Select(file => (file, seconds)));
            var given = one.Expected.GetProperty("psds_eval_50_thresholds");
            var points = given
                .GetProperty("thresholds")
                .EnumerateArray()
                .Select(t => scores.EventsAbove(t.GetDouble()))
                .ToArray();
            var counts = given.GetProperty("n_detections").EnumerateArray().Select(n => n.GetInt32());
            Assert.Equal(counts, points.Select(point => point.Count));
            foreach (var setting in given.GetProperty("results").EnumerateArray())
            {
                var result = Intersection.Psds(
                    one.Reference,
                    durations,
                    points,
                    OptionsOf(setting.GetProperty("params"))
                );
                expect.Close("psds", setting.GetProperty("psds").GetDouble(), result.Value.Value, Tolerance);
                expect.Equal(
                    "points",
                    setting.GetProperty("psd_roc").GetProperty("points").GetDouble(),
                    result.Roc.Length
                );
            }
        }
        expect.Finish(atLeast: 10);
    }

    private static PsdsOptions OptionsOf(JsonElement given) =>
        new()
        {
            DetectionTolerance = given.GetProperty("dtc").GetDouble(),
            GroundTruthIntersection = given.GetProperty("gtc").GetDouble(),
            CrossTriggerTolerance = given.GetProperty("cttc").GetDouble(),
            CrossTriggerWeight = given.GetProperty("alpha_ct").GetDouble(),
            InstabilityWeight = given.GetProperty("alpha_st").GetDouble(),
            MaxEffectiveFalsePositiveRate = given.GetProperty("max_efpr").GetDouble(),
            CrossTriggers = CrossTriggerAverage.OverAllClasses,
        };

    private static void CompareCurve(Expect expect, JsonElement expected, PsdsResult actual)
    {
        var rates = expected.GetProperty("efpr_per_hour").EnumerateArray().Select(x => x.GetDouble()).ToArray();
        var values = expected.GetProperty("etpr").EnumerateArray().Select(y => y.GetDouble()).ToArray();
        expect.Equal("points of the curve", rates.Length, actual.Roc.Length);
        for (var k = 0; k < Math.Min(rates.Length, actual.Roc.Length); k++)
        {
            expect.Close($"eFPR {k}", rates[k], actual.Roc[k].FalsePositiveRate, Tolerance);
            expect.Close($"eTPR {k}", values[k], actual.Roc[k].TruePositiveRate, Tolerance);
        }
    }

    private static void ComparePoint(Expect expect, JsonElement expected, ClassList classes, OperatingPoint actual)
    {
        Assert.Equal(expected.GetProperty("classes").EnumerateArray().Select(e => e.GetString()), classes);
        var counts = expected.GetProperty("counts_det_by_gt_world_last");
        for (var k = 0; k < classes.Count; k++)
        {
            expect.Close(
                "TP ratio",
                expected.GetProperty("tp_ratio")[k].GetDouble(),
                actual.TruePositiveRates[k],
                Tolerance
            );
            expect.Close(
                "FP rate",
                expected.GetProperty("fp_rate_per_hour")[k].GetDouble(),
                actual.FalsePositiveRates[k],
                Tolerance
            );
            expect.Rate(expected.GetProperty("class_f"), classes[k], actual.F(k), Tolerance);
            expect.Equal("TP", counts[k][k].GetDouble(), actual.TruePositives[k]);
            expect.Equal("FP", counts[k][classes.Count].GetDouble(), actual.FalsePositives[k]);
            for (var other = 0; other < classes.Count; other++)
            {
                var rate = expected.GetProperty("ct_rate_per_hour")[k][other];
                if (rate.ValueKind == JsonValueKind.Null)
                    expect.Note(
                        !actual.CrossTriggerRates[k][other].IsDefined,
                        $"CT rate {k} {other} should be undefined"
                    );
                else
                    expect.Close(
                        $"CT rate {k} {other}",
                        rate.GetDouble(),
                        actual.CrossTriggerRates[k][other].Value,
                        Tolerance
                    );
                if (other != k)
                    expect.Equal("CT", counts[k][other].GetDouble(), actual.CrossTriggers[k][other]);
            }
        }
    }
}
