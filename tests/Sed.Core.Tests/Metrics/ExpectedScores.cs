using System.Text.Json;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Tests.Metrics;

/// <summary>Compares metrics with the results of sed_eval in the reference cases.</summary>
internal static class ExpectedScores
{
    public static void Compare(Expect expect, JsonElement expected, DetectionScores actual)
    {
        Compare(expect.At("overall"), expected.GetProperty("overall"), actual.Overall, substitutions: true);
        Compare(
            expect.At("class average"),
            expected.GetProperty("class_wise_average"),
            actual.ClassAverage,
            substitutions: false
        );
        var classWise = expected.GetProperty("class_wise");
        for (var k = 0; k < actual.Classes.Count; k++)
            Compare(
                expect.At(actual.Classes[k]),
                classWise.GetProperty(actual.Classes[k]),
                actual.PerClass[k],
                substitutions: false
            );
    }

    /// <summary>Compares class-wise counts, files and seconds, and all scores.</summary>
    public static void Compare<TCounts, TOptions>(
        Expect expect,
        JsonElement expected,
        DetectionCounts<TCounts, TOptions> actual,
        ScoringConventions? conventions = null
    )
        where TCounts : DetectionCounts<TCounts, TOptions>
        where TOptions : notnull
    {
        var classWise = expected.GetProperty("class_wise");
        for (var k = 0; k < actual.Classes.Count; k++)
            CompareCounts(
                expect.At(actual.Classes[k]),
                classWise.GetProperty(actual.Classes[k]).GetProperty("counts"),
                actual[k]
            );
        expect.Count(expected, "evaluated_files", actual.Files);
        expect.Close("seconds", expected.GetProperty("evaluated_length_seconds").GetDouble(), actual.EvaluatedSeconds);
        Compare(expect, expected, actual.Scores(conventions));
    }

    public static void CompareCounts(Expect expect, JsonElement counts, BinaryCounts actual)
    {
        expect.Count(counts, "Ntp", actual.TruePositives);
        expect.Count(counts, "Nfp", actual.FalsePositives);
        expect.Count(counts, "Nfn", actual.FalseNegatives);
        expect.Count(counts, "Ntn", actual.TrueNegatives);
        expect.Count(counts, "Nref", actual.Reference);
        expect.Count(counts, "Nsys", actual.Estimated);
    }

    private static void Compare(Expect expect, JsonElement expected, ScoreSheet actual, bool substitutions)
    {
        var f = expected.GetProperty("f_measure");
        expect.Rate(f, "f_measure", actual.FMeasure.F);
        expect.Rate(f, "precision", actual.FMeasure.Precision);
        expect.Rate(f, "recall", actual.FMeasure.Recall);
        var errors = expected.GetProperty("error_rate");
        expect.Rate(errors, "error_rate", actual.ErrorRates.ErrorRate);
        expect.Rate(errors, "deletion_rate", actual.ErrorRates.Deletion);
        expect.Rate(errors, "insertion_rate", actual.ErrorRates.Insertion);
        if (substitutions)
            expect.Rate(errors, "substitution_rate", actual.ErrorRates.Substitution);
        if (actual.Accuracies is not { } accuracies)
            return;
        var accuracy = expected.GetProperty("accuracy");
        expect.Rate(accuracy, "accuracy", accuracies.Accuracy);
        expect.Rate(accuracy, "balanced_accuracy", accuracies.Balanced);
        expect.Rate(accuracy, "sensitivity", accuracies.Sensitivity);
        expect.Rate(accuracy, "specificity", accuracies.Specificity);
    }
}
