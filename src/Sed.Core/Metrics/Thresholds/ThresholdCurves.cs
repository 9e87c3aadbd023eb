using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// The counts of all classes at every threshold, with the averages of sed_scores_eval (Ebbers et al. 2022).
/// </summary>
/// <param name="PerClass">The curve of each class.</param>
/// <param name="Counting">A description of the units that are counted.</param>
public sealed record ThresholdCurves(ImmutableArray<ThresholdCurve> PerClass, string Counting)
{
    /// <summary>The curve of a class.</summary>
    /// <param name="label">Label of one of the classes.</param>
    /// <exception cref="ArgumentException">There is no such class.</exception>
    public ThresholdCurve Of(string label) =>
        PerClass.FirstOrDefault(curve => curve.Label == label)
        ?? throw new ArgumentException($"'{label}' is not one of the classes.", nameof(label));

    /// <summary>
    /// F1, precision and recall of all classes together (micro average), each class at its own threshold.
    /// </summary>
    /// <param name="thresholdOf">Returns the threshold of a class.</param>
    public FMeasure MicroAverage(Func<ThresholdCurve, double> thresholdOf)
    {
        ArgumentNullException.ThrowIfNull(thresholdOf);
        BinaryCounts sum = default;
        foreach (var curve in Defined)
            sum += curve.At(thresholdOf(curve));
        if (sum.Reference == 0)
            return ThresholdCurve.FMeasureOf(sum);
        // Without detections, sed_scores_eval gives precision 0 for all classes together, but 1 for a single class.
        var precision = (double)sum.TruePositives / Math.Max(sum.Estimated, 1);
        var recall = (double)sum.TruePositives / sum.Reference;
        return new FMeasure(2 * precision * recall / Math.Max(precision + recall, 1e-15), precision, recall);
    }

    /// <summary>
    /// Means over classes of F1, precision and recall (macro average), each class at its own threshold.
    /// </summary>
    /// <param name="thresholdOf">Returns the threshold of a class.</param>
    public FMeasure MacroAverage(Func<ThresholdCurve, double> thresholdOf)
    {
        ArgumentNullException.ThrowIfNull(thresholdOf);
        FMeasure[] own = [.. Defined.Select(curve => curve.FMeasureAt(thresholdOf(curve)))];
        return new FMeasure(
            Mean(own.Select(f => f.F)),
            Mean(own.Select(f => f.Precision)),
            Mean(own.Select(f => f.Recall))
        );
    }

    /// <summary>The mean of a rate over the classes for which it is defined.</summary>
    public Rate Mean(Func<ThresholdCurve, Rate> rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return Mean(PerClass.Select(rate));
    }

    /// <summary>The mean over classes of the average precision (mAP).</summary>
    public Rate MeanAveragePrecision() => Mean(curve => curve.AveragePrecision());

    /// <summary>The mean over classes of the area under the ROC curve.</summary>
    public Rate MeanRocArea() => Mean(curve => curve.RocArea());

    /// <summary>
    /// The mean over classes of the area under the ROC curve up to a false positive rate, divided by this rate
    /// (<see cref="ThresholdCurve.RocArea"/>).
    /// </summary>
    public Rate MeanPartialRocArea(double maxFalsePositiveRate, RocTies ties = RocTies.InOrder) =>
        Mean(curve => curve.RocArea(ties, maxFalsePositiveRate));

    /// <summary>The classes with at least one positive in the reference, over which averages are taken.</summary>
    public IReadOnlyList<string> ReferenceClasses => [.. Defined.Select(curve => curve.Label)];

    /// <summary>
    /// The threshold with the largest F1, by label, for each class with at least one positive in the reference.
    /// </summary>
    public ImmutableDictionary<string, BestThreshold> BestF() =>
        Defined.ToImmutableDictionary(curve => curve.Label, curve => curve.BestF()!.Value);

    private IEnumerable<ThresholdCurve> Defined => PerClass.Where(curve => curve.References > 0);

    private static Rate Mean(IEnumerable<Rate> rates)
    {
        var (sum, count) = (0.0, 0);
        foreach (var rate in rates)
            if (rate.IsDefined)
                (sum, count) = (sum + rate.Value, count + 1);
        return count > 0 ? sum / count : Rate.Undefined("it is undefined for every class");
    }
}
