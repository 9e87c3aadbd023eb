using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// What a class achieves at every decision threshold, exactly. The conventions are those of sed_scores_eval: the precision of
/// no detection at all is 1, and of equally good thresholds the highest is taken.
/// </summary>
public sealed class ThresholdCurve
{
    /// <param name="label">The class.</param>
    /// <param name="points">From the highest score to the lowest, beginning with an infinite one.</param>
    /// <param name="references">How often the class is in the reference.</param>
    internal ThresholdCurve(string label, ImmutableArray<ThresholdPoint> points, long references)
    {
        Label = label;
        Points = points;
        References = references;
    }

    /// <summary>The class.</summary>
    public string Label { get; }

    /// <summary>The points from the highest score, infinite, where nothing is detected, to the lowest, where everything is.</summary>
    public ImmutableArray<ThresholdPoint> Points { get; }

    /// <summary>How often the class is in the reference: events, segments or clips.</summary>
    public long References { get; }

    /// <summary>The counts at a threshold: detections are what lies above it.</summary>
    public BinaryCounts At(double threshold) => CountsOf(Points[LastAbove(threshold)]);

    /// <summary>The F-measure, precision and recall at a threshold; undefined without references.</summary>
    public FMeasure FMeasureAt(double threshold) => FMeasureOf(At(threshold));

    /// <summary>The threshold with the largest F-measure; null without references.</summary>
    public BestThreshold? BestF() => References == 0 ? null : Best(point => FOf(CountsOf(point)), higher: true);

    /// <summary>The threshold with the smallest error rate (deletions and insertions over references); null without references.</summary>
    public BestThreshold? BestErrorRate() =>
        References == 0
            ? null
            : Best(
                point => (double)(point.FalsePositives + References - point.TruePositives) / References,
                higher: false
            );

    /// <summary>The area under the curve of precision over recall, as steps (average precision).</summary>
    public Rate AveragePrecision()
    {
        if (References == 0)
            return Rate.Undefined("the reference has nothing");
        // At one recall the best precision counts.
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
    /// The area under the curve of true over false positive rate. Only for segments and clips, where the lowest threshold
    /// makes everything positive.
    /// </summary>
    /// <param name="ties">What ends a vertical step; the true area by default.</param>
    public Rate RocArea(RocTies ties = RocTies.InOrder)
    {
        var negatives = Points[^1].FalsePositives;
        if (References == 0)
            return Rate.Undefined("the reference has nothing");
        if (negatives == 0)
            return Rate.Undefined("the reference is never silent");
        if (ties == RocTies.AsSedScoresEval)
            return RocAreaByNumpy(negatives);
        var area = 0.0;
        for (var k = 1; k < Points.Length; k++)
            area +=
                ((double)Points[k].FalsePositives - Points[k - 1].FalsePositives)
                * (Points[k].TruePositives + Points[k - 1].TruePositives);
        return area / (2.0 * References * negatives);
    }

    /// <summary>How far the scores of the class lie above the others, see <see cref="DPrime(Rate)"/>.</summary>
    public Rate DPrime() => DPrime(RocArea());

    /// <summary>
    /// d-prime: by how many deviations the scores of positives would lie above those of negatives if both were normal and
    /// equally wide, sqrt(2) times the normal quantile of the ROC area. Infinite for a perfect ranking. Over classes it is
    /// customary to take it of the mean area.
    /// </summary>
    public static Rate DPrime(Rate rocArea) =>
        rocArea.IsDefined ? Math.Sqrt(2) * MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, rocArea.Value) : rocArea;

    /// <summary>
    /// The rate at which misses and false alarms are equally frequent, interpolated between thresholds (as sed_eval does).
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

    private static Rate Missing => Rate.Undefined("the reference has nothing");

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

    private double RocAreaByNumpy(double negatives)
    {
        double[] rates = [.. Points.Select(point => point.FalsePositives / negatives)];
        double[] found = [.. Points.Select(point => (double)point.TruePositives / References)];
        (rates, found) = InNumpyOrder(rates, found);
        for (var k = 0; k + 1 < found.Length; k++)
            found[k] = (found[k] + found[k + 1]) / 2;
        (rates, found) = InNumpyOrder(rates, found);
        var area = 0.0;
        for (var k = 0; k + 1 < rates.Length; k++)
            area += found[k] * (rates[k + 1] - rates[k]);
        return area;
    }

    private static (double[] Rates, double[] Found) InNumpyOrder(double[] rates, double[] found)
    {
        var order = NumpyOrder.Of(rates);
        return ([.. order.Select(k => rates[k])], [.. order.Select(k => found[k])]);
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

/// <summary>The counts of a class once the decision threshold has fallen below a score.</summary>
/// <param name="Score">The score; infinite where nothing is detected.</param>
/// <param name="TruePositives">True positives.</param>
/// <param name="FalsePositives">False positives.</param>
public readonly record struct ThresholdPoint(double Score, long TruePositives, long FalsePositives);

/// <summary>Which of several thresholds with the same false positive rate ends a vertical step of the ROC curve.</summary>
public enum RocTies
{
    /// <summary>The lowest threshold, with the most true positives: the true area, as in scikit-learn.</summary>
    InOrder,

    /// <summary>
    /// Whichever NumPy's unstable sort leaves last, twice, as in sed_scores_eval 0.0.4 with NumPy 1.24: a little off the true
    /// area, and only for comparison with that tool.
    /// </summary>
    AsSedScoresEval,
}
