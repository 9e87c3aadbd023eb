using Sed.Core.Annotations;

namespace Sed.Core.Metrics;

/// <summary>Every number of a result, one by one.</summary>
public static class Measures
{
    /// <summary>Overall, averaged over classes, and class by class.</summary>
    public static IReadOnlyList<Measure> All(this DetectionScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        List<Measure> all = new(12 * (scores.Classes.Count + 2));
        Add(all, "overall.", scores.Overall, substitutions: true);
        Add(all, "class_average.", scores.ClassAverage, substitutions: false);
        for (var k = 0; k < scores.Classes.Count; k++)
            Add(all, Prefix(scores.Classes, k), scores.PerClass[k], substitutions: false);
        return all;
    }

    /// <summary>Micro, macro, and class by class.</summary>
    public static IReadOnlyList<Measure> All(this TaggingScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        List<Measure> all = new(3 * (scores.Classes.Count + 2) + 4);
        Add(all, "micro.", scores.Micro);
        if (scores.MicroAccuracies is { } accuracies)
            Add(all, "micro.", accuracies);
        Add(all, "macro.", scores.Macro);
        for (var k = 0; k < scores.Classes.Count; k++)
            Add(all, Prefix(scores.Classes, k), scores.PerClass[k]);
        return all;
    }

    /// <summary>The score and the area of every class.</summary>
    public static IReadOnlyList<Measure> All(this PsdsResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        List<Measure> all = [new("psds", result.Value)];
        for (var k = 0; k < result.Classes.Count; k++)
            all.Add(new Measure(Prefix(result.Classes, k) + "psds", result.ClassScores[k]));
        return all;
    }

    /// <summary>The ranking metrics of clips: means over classes, and class by class.</summary>
    public static IReadOnlyList<Measure> All(this TagScores tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var curves = tags.Curves();
        List<Measure> all =
        [
            new("mean_average_precision", curves.Mean(own => own.AveragePrecision())),
            new("lwlrap", tags.Lwlrap()),
            new("mean_roc_auc", curves.Mean(own => own.RocArea())),
            new("d_prime_of_mean_roc_auc", TagScores.DPrime(curves.Mean(own => own.RocArea()))),
            new("mean_equal_error_rate", curves.Mean(own => own.EqualErrorRate())),
            new("pooled_equal_error_rate", tags.Pooled().EqualErrorRate()),
        ];
        var lwlrap = tags.LwlrapPerClass();
        for (var k = 0; k < tags.Classes.Count; k++)
        {
            var (own, prefix) = (curves.PerClass[k], Prefix(tags.Classes, k));
            all.Add(new Measure(prefix + "average_precision", own.AveragePrecision()));
            all.Add(new Measure(prefix + "roc_auc", own.RocArea()));
            all.Add(new Measure(prefix + "lwlrap", lwlrap[k]));
        }
        return all;
    }

    private static string Prefix(ClassList classes, int k) => $"class.{classes[k]}.";

    private static void Add(List<Measure> all, string prefix, ScoreSheet sheet, bool substitutions)
    {
        Add(all, prefix, sheet.FMeasure);
        all.Add(new Measure(prefix + "error_rate", sheet.ErrorRates.ErrorRate));
        if (substitutions)
            all.Add(new Measure(prefix + "substitution_rate", sheet.ErrorRates.Substitution));
        all.Add(new Measure(prefix + "deletion_rate", sheet.ErrorRates.Deletion));
        all.Add(new Measure(prefix + "insertion_rate", sheet.ErrorRates.Insertion));
        if (sheet.Accuracies is { } accuracies)
            Add(all, prefix, accuracies);
    }

    private static void Add(List<Measure> all, string prefix, FMeasure f)
    {
        all.Add(new Measure(prefix + "f_measure", f.F));
        all.Add(new Measure(prefix + "precision", f.Precision));
        all.Add(new Measure(prefix + "recall", f.Recall));
    }

    private static void Add(List<Measure> all, string prefix, Accuracies accuracies)
    {
        all.Add(new Measure(prefix + "sensitivity", accuracies.Sensitivity));
        all.Add(new Measure(prefix + "specificity", accuracies.Specificity));
        all.Add(new Measure(prefix + "balanced_accuracy", accuracies.Balanced));
        all.Add(new Measure(prefix + "accuracy", accuracies.Accuracy));
    }
}
