using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Counts;

/// <summary>The value of a metric with its stable name, for tables, resampling and machine-readable output.</summary>
/// <param name="Name">For example "overall.f_measure", "class_average.recall" or "class.Car.error_rate".</param>
/// <param name="Value">The value, or the reason why it is undefined.</param>
public readonly record struct Measure(string Name, Rate Value);

/// <summary>Builds lists of metric values with their names.</summary>
internal static class Measures
{
    public static string Prefix(ClassList classes, int k) => $"class.{classes[k]}.";

    public static void Add(this List<Measure> all, string prefix, ScoreSheet sheet, bool substitutions)
    {
        all.Add(prefix, sheet.FMeasure);
        all.Add(new Measure(prefix + "error_rate", sheet.ErrorRates.ErrorRate));
        if (substitutions)
            all.Add(new Measure(prefix + "substitution_rate", sheet.ErrorRates.Substitution));
        all.Add(new Measure(prefix + "deletion_rate", sheet.ErrorRates.Deletion));
        all.Add(new Measure(prefix + "insertion_rate", sheet.ErrorRates.Insertion));
        if (sheet.Accuracies is { } accuracies)
            all.Add(prefix, accuracies);
    }

    public static void Add(this List<Measure> all, string prefix, FMeasure f)
    {
        all.Add(new Measure(prefix + "f_measure", f.F));
        all.Add(new Measure(prefix + "precision", f.Precision));
        all.Add(new Measure(prefix + "recall", f.Recall));
    }

    public static void Add(this List<Measure> all, string prefix, Accuracies accuracies)
    {
        all.Add(new Measure(prefix + "sensitivity", accuracies.Sensitivity));
        all.Add(new Measure(prefix + "specificity", accuracies.Specificity));
        all.Add(new Measure(prefix + "balanced_accuracy", accuracies.Balanced));
        all.Add(new Measure(prefix + "accuracy", accuracies.Accuracy));
    }
}
