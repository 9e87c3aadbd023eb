using System.Globalization;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Segments;

namespace Sed.Core.Tests.Metrics.Segments;

public class SegmentBasedReferenceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Counts_and_scores_of_every_reference_case_equal_those_of_sed_eval(bool tiny)
    {
        Expect expect = new("segment-based");
        foreach (var (one, expected, here) in ReferenceCase.Settings("segment_based", expect, tiny))
        {
            if (expected.TryGetProperty("error", out _))
            {
                Assert.Throws<AnnotationException>(() => EventPairs.Of(one.Classes, one.Reference, one.Estimate));
                continue;
            }
            var given = expected.GetProperty("params");
            var length = given.GetProperty("evaluated_length_seconds");
            SegmentOptions options = new()
            {
                ResolutionSeconds = given.GetProperty("time_resolution").GetDouble(),
                LengthSeconds = length.ValueKind == System.Text.Json.JsonValueKind.Null ? null : length.GetDouble(),
            };
            var counts = SegmentBased.Count(EventPairs.Of(one.Classes, one.Reference, one.Estimate), options);

            var overall = expected.GetProperty("overall").GetProperty("counts");
            ExpectedScores.CompareCounts(here.At("overall"), overall, counts.Overall);
            here.Count(overall, "S", counts.Substitutions);
            here.Count(overall, "D", counts.Deletions);
            here.Count(overall, "I", counts.Insertions);
            ExpectedScores.Compare(here, expected, counts);
        }
        expect.Finish(atLeast: tiny ? 1000 : 5000);
    }

    [Fact]
    public void Published_scores_of_18_systems_are_reproduced()
    {
        var folder = SharedFolder.Require("reference", "kaist_predictions");
        var reference = EventListFile.Read(Path.Combine(folder, "groundtruth_strong_label_testing_set_kaist.csv"));
        var classes = ClassList.Of(reference);
        var counts = Directory
            .GetFiles(Path.Combine(folder, "sed_test"), "sed_*.csv")
            .ToDictionary(
                path => Path.GetFileName(path),
                path => SegmentBased.Count(EventPairs.Of(classes, reference, EventListFile.Read(path)))
            );
        Expect expect = new("participant");

        foreach (var row in Rows(folder, "expected_overall.tsv"))
        {
            var overall = counts[row[0]].Scores().Overall;
            double[] actual =
            [
                counts[row[0]].Overall.Reference,
                overall.ErrorRates.ErrorRate.Value,
                overall.FMeasure.F.Value,
                overall.FMeasure.Precision.Value,
                overall.FMeasure.Recall.Value,
                overall.ErrorRates.Substitution.Value,
                overall.ErrorRates.Deletion.Value,
                overall.ErrorRates.Insertion.Value,
            ];
            for (var k = 0; k < actual.Length; k++)
                expect.Close($"{row[0]}, column {k + 1}", Number(row[k + 1]), actual[k]);
        }
        foreach (var row in Rows(folder, "expected_classwise.tsv"))
        {
            var one = counts[row[0]][classes.IndexOf(row[1])];
            var sheet = counts[row[0]].Scores().PerClass[classes.IndexOf(row[1])];
            expect.Equal($"{row[0]}, {row[1]}, Nref", Number(row[2]), one.Reference);
            expect.Equal($"{row[0]}, {row[1]}, Nsys", Number(row[3]), one.Estimated);
            if (row[4] is "nan" or "")
                expect.Note(!sheet.FMeasure.F.IsDefined, $"{row[0]}, {row[1]}: F should be undefined");
            else
                expect.Close($"{row[0]}, {row[1]}, F", Number(row[4]), sheet.FMeasure.F.Value);
            expect.Close($"{row[0]}, {row[1]}, ER", Number(row[5]), sheet.ErrorRates.ErrorRate.Value);
        }
        expect.Finish(atLeast: 18 * 8 + 306 * 4);
    }

    [Theory]
    [InlineData(null, 0.84244791666)]
    [InlineData(1200.0, 0.9719907407407408)]
    public void The_street_scene_of_sed_evals_tests_has_its_published_scores(double? length, double accuracy)
    {
        var folder = SharedFolder.Require("reference", "sed_eval_fixtures");
        var reference = EventListFile.Read(Path.Combine(folder, "sound_event__street_fold1_reference.txt"));
        var estimated = EventListFile.Read(Path.Combine(folder, "sound_event__street_fold1_detected.txt"));
        var pairs = EventPairs.Of(ClassList.Of(reference), reference, estimated);
        var scores = SegmentBased.Count(pairs, new SegmentOptions { LengthSeconds = length }).Scores();
        Assert.Equal(1.0616698292220115, scores.Overall.ErrorRates.ErrorRate.Value, 1e-12);
        Assert.Equal(accuracy, scores.Overall.Accuracies!.Value.Accuracy.Value, 1e-10);
    }

    private static IEnumerable<string[]> Rows(string folder, string name) =>
        File.ReadLines(Path.Combine(folder, "sed_test", name)).Skip(1).Select(line => line.Split('\t'));

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);
}
