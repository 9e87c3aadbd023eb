using System.Globalization;
using System.Text.Json;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Tags;

namespace Sed.Core.Tests.Metrics.Tags;

public class TaggingReferenceTests
{
    [Fact]
    public void Scores_of_every_reference_case_equal_those_of_the_official_scorer()
    {
        Expect expect = new("subtask A");
        foreach (var one in ReferenceCase.OfEvents())
        {
            var events = one.Expected.GetProperty("subtask_a_on_event_lists");
            Compare(expect.At($"{one.Name}, events"), events, TagList.From(one.Reference), TagList.From(one.Estimate));
            if (!one.Has("tags.ref.tsv"))
                continue;
            var tags = one.Expected.GetProperty("subtask_a_on_tag_lists");
            var (reference, estimated) = (
                TagList.Read(one.PathOf("tags.ref.tsv")),
                TagList.Read(one.PathOf("tags.est.tsv"))
            );
            Compare(expect.At($"{one.Name}, tags"), tags, reference, estimated);
        }
        expect.Finish(atLeast: 600);
    }

    [Fact]
    public void Published_tag_scores_of_13_systems_are_reproduced()
    {
        var folder = SharedFolder.Require("reference", "kaist_predictions");
        var reference = TagList.Read(Path.Combine(folder, "groundtruth_weak_label_testing_set_kaist.csv"));
        ClassList classes = new(reference.Labels);
        Expect expect = new("participant");
        foreach (var line in File.ReadLines(Path.Combine(folder, "tag_test", "expected.tsv")).Skip(1))
        {
            var row = line.Split('\t');
            var estimated = TagList.Read(Path.Combine(folder, "tag_test", row[0]));
            var scores = Tagging.Count(classes, reference, estimated, TaggingRules.Dcase2017SubtaskA).Scores();
            Rate[] actual =
            [
                scores.Macro.Precision,
                scores.Macro.Recall,
                scores.Macro.F,
                scores.Micro.Precision,
                scores.Micro.Recall,
                scores.Micro.F,
            ];
            for (var k = 0; k < actual.Length; k++)
                expect.Close(
                    $"{row[0]}, column {k + 1}",
                    double.Parse(row[k + 1], CultureInfo.InvariantCulture) / 100,
                    actual[k].Value
                );
        }
        expect.Finish(atLeast: 13 * 6);
    }

    private static void Compare(Expect expect, JsonElement expected, TagList reference, TagList estimated)
    {
        ClassList classes = new(reference.Labels.Union(estimated.Labels).Order(StringComparer.Ordinal));
        var counts = Tagging.Count(classes, reference, estimated, TaggingRules.Dcase2017SubtaskA);
        if (expected.TryGetProperty("error", out _))
        {
            expect.Note(!counts.Scores().Macro.F.IsDefined, "the macro average should be undefined");
            return;
        }
        var scores = counts.Scores();
        var given = expected.GetProperty("counts");
        expect.Count(given, "TP", counts.Overall.TruePositives);
        expect.Count(given, "FP", counts.Overall.FalsePositives);
        expect.Count(given, "FN", counts.Overall.FalseNegatives);
        expect.Count(expected.GetProperty("micro"), "number_of_audio_files", counts.Files);
        Compare(expect.At("micro"), expected.GetProperty("micro"), scores.Micro);
        Compare(expect.At("macro"), expected.GetProperty("macro"), scores.Macro);
        foreach (var own in expected.GetProperty("class_wise").EnumerateObject())
        {
            var actual = scores.PerClass[classes.IndexOf(own.Name)];
            expect.Rate(own.Value, "precision", actual.Precision);
            expect.Rate(own.Value, "recall", actual.Recall);
            expect.Rate(own.Value, "f_measure", actual.F);
        }
    }

    private static void Compare(Expect expect, JsonElement expected, FMeasure actual)
    {
        expect.Close("P", expected.GetProperty("precision_percent").GetDouble(), 100 * actual.Precision.Value);
        expect.Close("R", expected.GetProperty("recall_percent").GetDouble(), 100 * actual.Recall.Value);
        expect.Close("F", expected.GetProperty("f_measure_percent").GetDouble(), 100 * actual.F.Value);
    }
}
