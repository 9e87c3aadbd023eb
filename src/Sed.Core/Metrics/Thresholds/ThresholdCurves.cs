using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>The curves of all classes by one way of counting, with the averages that sed_scores_eval reports.</summary>
/// <param name="PerClass">The curve of each class.</param>
/// <param name="Counting">What was counted, in words.</param>
public sealed record ThresholdCurves(ImmutableArray<ThresholdCurve> PerClass, string Counting)
{
    /// <summary>The F-measure of all classes together, each at its own threshold (micro average).</summary>
    /// <param name="thresholdOf">The threshold of a class.</param>
    public FMeasure MicroAverage(Func<ThresholdCurve, double> thresholdOf)
    {
        ArgumentNullException.ThrowIfNull(thresholdOf);
        BinaryCounts sum = default;
        foreach (var curve in Defined)
            sum += curve.At(thresholdOf(curve));
        if (sum.Reference == 0)
            return ThresholdCurve.FMeasureOf(sum);
        // Over all classes nothing detected has precision 0 in sed_scores_eval, not 1 as in a single class.
        var precision = (double)sum.TruePositives / Math.Max(sum.Estimated, 1);
        var recall = (double)sum.TruePositives / sum.Reference;
        return new FMeasure(2 * precision * recall / Math.Max(precision + recall, 1e-15), precision, recall);
    }

    /// <summary>The means of F-measure, precision and recall over the classes, each at its own threshold (macro average).</summary>
    /// <param name="thresholdOf">The threshold of a class.</param>
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

    /// <summary>The mean over the classes of any rate of theirs; classes for which it is undefined are left out.</summary>
    public Rate Mean(Func<ThresholdCurve, Rate> rate)
    {
        ArgumentNullException.ThrowIfNull(rate);
        return Mean(PerClass.Select(rate));
    }

    /// <summary>The mean over classes of the average precision (mAP).</summary>
    public Rate MeanAveragePrecision() => Mean(curve => curve.AveragePrecision());

    /// <summary>The mean over classes of the area under the ROC curve.</summary>
    public Rate MeanRocArea() => Mean(curve => curve.RocArea());

    /// <summary>The threshold with the largest F-measure of each class with references, by its label.</summary>
    public ImmutableDictionary<string, BestThreshold> BestF() =>
        Defined.ToImmutableDictionary(curve => curve.Label, curve => curve.BestF()!.Value);

    /// <summary>The threshold with the smallest error rate of each class with references, by its label.</summary>
    public ImmutableDictionary<string, BestThreshold> BestErrorRate() =>
        Defined.ToImmutableDictionary(curve => curve.Label, curve => curve.BestErrorRate()!.Value);

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
