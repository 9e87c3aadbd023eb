namespace Sed.Core.Metrics.Counts;

/// <summary>
/// Formulas of Mesaros, Heittola and Virtanen, "Metrics for polyphonic sound event detection" (Applied Sciences 6(6),
/// 2016). As in sed_eval, 2^-52 is added to the denominators of error rates and accuracies.
/// </summary>
internal static class Rates
{
    /// <summary>2^-52, the distance from 1 to the next double, which sed_eval adds to denominators.</summary>
    public const double Epsilon = 2.220446049250313e-16;

    private const string NoEstimate = "nothing was estimated";
    private const string NoReference = "the reference has no positives";

    public static FMeasure FMeasure(BinaryCounts counts, ScoringConventions conventions)
    {
        var precision = Precision(counts, conventions);
        var recall = Recall(counts);
        return new FMeasure(F(precision, recall), precision, recall);
    }

    public static Rate Precision(BinaryCounts counts, ScoringConventions conventions) =>
        counts.Estimated > 0 ? (double)counts.TruePositives / counts.Estimated
        : conventions.EmptyEstimate == EmptyEstimate.ZeroPrecision ? 0
        : Rate.Undefined(NoEstimate);

    public static Rate Recall(BinaryCounts counts) =>
        counts.Reference > 0 ? (double)counts.TruePositives / counts.Reference : Rate.Undefined(NoReference);

    public static Rate F(Rate precision, Rate recall) =>
        !precision.IsDefined ? precision
        : !recall.IsDefined ? recall
        : precision.Value == 0 && recall.Value == 0 ? 0
        : 2 * precision.Value * recall.Value / (precision.Value + recall.Value);

    /// <summary>Error rates of all classes together; a wrong label is one substitution.</summary>
    public static ErrorRates ErrorRates(
        long reference,
        long substitutions,
        long deletions,
        long insertions,
        ScoringConventions conventions
    )
    {
        var substitution = PerReference(substitutions, reference, conventions);
        var deletion = PerReference(deletions, reference, conventions);
        var insertion = PerReference(insertions, reference, conventions);
        return new ErrorRates(Sum(substitution, deletion, insertion), substitution, deletion, insertion);
    }

    /// <summary>Error rates of one class, for which there are no substitutions.</summary>
    public static ErrorRates ErrorRates(BinaryCounts counts, ScoringConventions conventions)
    {
        var deletion = PerReference(counts.FalseNegatives, counts.Reference, conventions);
        var insertion = PerReference(counts.FalsePositives, counts.Reference, conventions);
        return new ErrorRates(
            Sum(0, deletion, insertion),
            Rate.Undefined("a single class has no substitutions"),
            deletion,
            insertion
        );
    }

    public static Accuracies Accuracies(BinaryCounts counts)
    {
        var sensitivity = counts.TruePositives / (counts.Reference + Epsilon);
        var specificity = counts.TrueNegatives / (counts.TrueNegatives + counts.FalsePositives + Epsilon);
        double right = counts.TruePositives + counts.TrueNegatives;
        var accuracy = right / (right + counts.FalseNegatives + counts.FalsePositives + Epsilon);
        return new Accuracies(sensitivity, specificity, 0.5 * sensitivity + 0.5 * specificity, accuracy);
    }

    /// <summary>The mean of a rate over classes.</summary>
    public static Rate Average<T>(IReadOnlyList<T> perClass, Func<T, Rate> rate, ScoringConventions conventions)
    {
        var (sum, count) = (0.0, 0);
        foreach (var item in perClass)
        {
            var value = rate(item);
            sum += value.IsDefined ? value.Value : 0;
            count += value.IsDefined || conventions.UndefinedInAverage == UndefinedInAverage.CountedAsZero ? 1 : 0;
        }
        return count > 0 ? sum / count : Rate.Undefined("it is undefined for every class");
    }

    /// <summary>The means of all rates over classes (macro average).</summary>
    public static ScoreSheet Average(IReadOnlyList<ScoreSheet> perClass, ScoringConventions conventions)
    {
        Rate Of(Func<ScoreSheet, Rate> rate) => Average(perClass, rate, conventions);
        var withAccuracies = perClass.Count > 0 && perClass.All(sheet => sheet.Accuracies is not null);
        return new ScoreSheet(
            new FMeasure(Of(s => s.FMeasure.F), Of(s => s.FMeasure.Precision), Of(s => s.FMeasure.Recall)),
            new ErrorRates(
                Of(s => s.ErrorRates.ErrorRate),
                Rate.Undefined("a single class has no substitutions"),
                Of(s => s.ErrorRates.Deletion),
                Of(s => s.ErrorRates.Insertion)
            ),
            withAccuracies
                ? new Accuracies(
                    Of(s => s.Accuracies!.Value.Sensitivity),
                    Of(s => s.Accuracies!.Value.Specificity),
                    Of(s => s.Accuracies!.Value.Balanced),
                    Of(s => s.Accuracies!.Value.Accuracy)
                )
                : null
        );
    }

    private static Rate PerReference(long errors, long reference, ScoringConventions conventions) =>
        reference == 0 && conventions.EmptyReference == EmptyReference.Undefined
            ? Rate.Undefined(NoReference)
            : errors / (reference + Epsilon);

    private static Rate Sum(Rate a, Rate b, Rate c) =>
        !a.IsDefined ? a
        : !b.IsDefined ? b
        : !c.IsDefined ? c
        : a.Value + b.Value + c.Value;
}
