using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// The exact counts of one class at every threshold. As in sed_scores_eval (Ebbers et al. 2022), the precision without
/// detections is 1, and the highest of several equally good thresholds is chosen.
/// </summary>
public sealed class ThresholdCurve
{
    /// <param name="label">Label of the class.</param>
    /// <param name="points">Points by falling score; the first score is infinite.</param>
    /// <param name="references">Number of positives of the reference.</param>
    internal ThresholdCurve(string label, ImmutableArray<ThresholdPoint> points, long references)
    {
        Label = label;
        Points = points;
        References = references;
    }

    /// <summary>Label of the class.</summary>
    public string Label { get; }

    /// <summary>
    /// The points by falling score: from infinity, where nothing is detected, to the lowest score, where everything is
    /// detected.
    /// </summary>
    public ImmutableArray<ThresholdPoint> Points { get; }

    /// <summary>Number of positives of the reference: events, segments or clips.</summary>
    public long References { get; }

    /// <summary>The counts at a threshold. Scores above the threshold are positive.</summary>
    public BinaryCounts At(double threshold) => CountsOf(Points[LastAbove(threshold)]);

    /// <summary>F1, precision and recall at a threshold; undefined if the reference has no positives.</summary>
    public FMeasure FMeasureAt(double threshold) => FMeasureOf(At(threshold));

    /// <summary>The threshold with the largest F1; null if the reference has no positives.</summary>
    public BestThreshold? BestF() => References == 0 ? null : Best(point => FOf(CountsOf(point)), higher: true);

    /// <summary>
    /// The threshold with the smallest error rate (deletions and insertions over positives of the reference); null if
    /// the reference has no positives.
    /// </summary>
    public BestThreshold? BestErrorRate() =>
        References == 0
            ? null
            : Best(
                point => (double)(point.FalsePositives + References - point.TruePositives) / References,
                higher: false
            );

    /// <summary>Average precision: the area under the precision-recall curve, as a step function.</summary>
    public Rate AveragePrecision()
    {
        if (References == 0)
            return Rate.Undefined("the reference has no positives");
        // If several points have the same recall, the largest precision counts.
        SortedDictionary<long, double> best = [];
        foreach (var point in Points)
        {
            var precision = PrecisionOf(CountsOf(point));
            if (!best.TryGetValue(point.TruePositives, out var other) || precision > other)
                best[point.TruePositives] = precision;
        }
        var (sum, before) = (0.0, -1L);
        foreach (var (found, precision) in best)
        {
            if (before >= 0)
                sum += precision * ((double)found / References - (double)before / References);
            before = found;
        }
        return sum;
    }

    /// <summary>
    /// Area under the ROC curve, or under the part of the curve up to a false positive rate. The area is meaningful for
    /// segments and clips, which are all positive at the lowest threshold, but not for events.
    /// </summary>
    /// <param name="ties">
    /// Order of points with equal false positive rates. Default: the order that gives the true area.
    /// </param>
    /// <param name="maxFalsePositiveRate">
    /// The maximum false positive rate, greater than 0 and at most 1. The area up to this rate is divided by the rate,
    /// so a perfect ranking has the value 1. Default 1: the whole area.
    /// </param>
    public Rate RocArea(RocTies ties = RocTies.InOrder, double maxFalsePositiveRate = 1)
    {
        if (!(maxFalsePositiveRate > 0 && maxFalsePositiveRate <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(maxFalsePositiveRate),
                maxFalsePositiveRate,
                "The maximum false positive rate must be greater than 0 and at most 1."
            );
        var negatives = Points[^1].FalsePositives;
        if (References == 0)
            return Rate.Undefined("the reference has no positives");
        if (negatives == 0)
            return Rate.Undefined("the reference has no negatives");
        if (ties == RocTies.AsSedScoresEval)
            return RocAreas.AsNumpy(Points.AsSpan(), References, negatives, maxFalsePositiveRate);
        return RocAreas.InOrder(Points.AsSpan(), References, negatives, maxFalsePositiveRate);
    }

    /// <summary>d-prime of the ROC area; see <see cref="DPrime(Rate)"/>.</summary>
    public Rate DPrime() => DPrime(RocArea());

    /// <summary>
    /// d-prime: sqrt(2) times the normal quantile of the ROC area. If the scores of positives and of negatives are
    /// normal with equal variance, it is the distance between their means in standard deviations. Infinite for a
    /// perfect ranking. For several classes it is computed from the mean area (Gemmeke et al. 2017).
    /// </summary>
    public static Rate DPrime(Rate rocArea) =>
        rocArea.IsDefined ? Math.Sqrt(2) * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, rocArea.Value) : rocArea;

    /// <summary>
    /// Equal error rate: the value at which miss rate and false alarm rate are equal, interpolated between thresholds
    /// as in sed_eval.
    /// </summary>
    public Rate EqualErrorRate()
    {
        if (!RocArea().IsDefined)
            return RocArea();
        double negatives = Points[^1].FalsePositives;
        var (x, y) = (0.0, 0.0);
        foreach (var point in Points)
        {
            var (nextX, nextY) = (point.FalsePositives / negatives, (double)point.TruePositives / References);
            if (nextX + Rates.Epsilon >= 1 - nextY)
            {
                if (Math.Abs(nextX - x) < Rates.Epsilon)
                    return x;
                var slope = (nextY - y) / (nextX - x);
                return (1 - (y - slope * x)) / (1 + slope);
            }
            (x, y) = (nextX, nextY);
        }
        return 1;
    }

    internal static FMeasure FMeasureOf(BinaryCounts counts) =>
        counts.Reference == 0
            ? new FMeasure(Missing, Missing, Missing)
            : new FMeasure(FOf(counts), PrecisionOf(counts), RecallOf(counts));

    private static Rate Missing => Rate.Undefined("the reference has no positives");

    private BinaryCounts CountsOf(ThresholdPoint point) =>
        new(point.TruePositives, point.FalsePositives, References - point.TruePositives);

    private static double PrecisionOf(BinaryCounts counts) =>
        counts.Estimated == 0 ? 1 : (double)counts.TruePositives / counts.Estimated;

    private static double RecallOf(BinaryCounts counts) => (double)counts.TruePositives / counts.Reference;

    private static double FOf(BinaryCounts counts)
    {
        var (precision, recall) = (PrecisionOf(counts), RecallOf(counts));
        return 2 * precision * recall / Math.Max(precision + recall, 1e-15);
    }

    private BestThreshold Best(Func<ThresholdPoint, double> measure, bool higher)
    {
        var (best, value) = (0, measure(Points[0]));
        for (var k = 1; k < Points.Length; k++)
            if (measure(Points[k]) is var other && (higher ? other > value : other < value))
                (best, value) = (k, other);
        var threshold =
            best + 1 < Points.Length ? (Points[best].Score + Points[best + 1].Score) / 2 : double.NegativeInfinity;
        return new BestThreshold(threshold, value, CountsOf(Points[best]));
    }

    private int LastAbove(double threshold)
    {
        var (low, high) = (0, Points.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Points[middle].Score > threshold ? (middle, high) : (low, middle - 1);
        }
        return low;
    }
}

/// <summary>The counts of a class for thresholds just below a score.</summary>
/// <param name="Score">The score; infinity where nothing is detected.</param>
/// <param name="TruePositives">True positives.</param>
/// <param name="FalsePositives">False positives.</param>
public readonly record struct ThresholdPoint(double Score, long TruePositives, long FalsePositives);

/// <summary>Order of the points of a ROC curve with equal false positive rates.</summary>
public enum RocTies
{
    /// <summary>By falling threshold, which gives the true area (as in scikit-learn).</summary>
    InOrder,

    /// <summary>
    /// By NumPy's unstable sort, applied twice, as in sed_scores_eval 0.0.4 (c7a3b71) with NumPy 1.24. The area differs
    /// slightly from the true one; use it to compare with that tool.
    /// </summary>
    AsSedScoresEval,
}

/// <summary>The best threshold of a class.</summary>
/// <param name="Threshold">
/// Half-way between the score of the curve's best point and the score of the next point. Infinity if detecting nothing is
/// best, negative infinity if detecting everything is best.
/// </param>
/// <param name="Value">F1 or error rate at the threshold.</param>
/// <param name="Counts">The counts at the threshold.</param>
public readonly record struct BestThreshold(double Threshold, double Value, BinaryCounts Counts);
