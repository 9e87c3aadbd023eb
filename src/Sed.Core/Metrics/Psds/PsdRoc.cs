using System.Collections.Immutable;

namespace Sed.Core.Metrics.Psds;

/// <summary>ROC curves as step functions: construction from points, combination over classes, and area.</summary>
internal static class PsdRoc
{
    /// <summary>
    /// Keeps the points at which the best true positive rate rises, up to a maximum false positive rate.
    /// </summary>
    /// <param name="points">Points in any order.</param>
    /// <param name="max">The maximum false positive rate.</param>
    public static ImmutableArray<RocPoint> Rising(IEnumerable<RocPoint> points, double max)
    {
        var sorted = points.Where(point => point.FalsePositiveRate <= max).ToArray();
        // Of points with equal false positive rates, the best comes last; of equal points, the point with the highest
        // threshold comes last.
        Array.Sort(
            sorted,
            (a, b) =>
                (a.FalsePositiveRate, a.TruePositiveRate, a.Threshold).CompareTo(
                    (b.FalsePositiveRate, b.TruePositiveRate, b.Threshold)
                )
        );
        List<RocPoint> rising = [];
        foreach (var point in sorted)
        {
            if (rising.Count > 0 && point.TruePositiveRate < rising[^1].TruePositiveRate)
                continue;
            if (rising.Count > 0 && point.FalsePositiveRate == rising[^1].FalsePositiveRate)
                rising[^1] = point;
            else if (rising.Count == 0 || point.TruePositiveRate > rising[^1].TruePositiveRate)
                rising.Add(point);
        }
        return [.. rising];
    }

    /// <summary>
    /// The effective true positive rate at each false positive rate of a grid: the mean over classes minus the weighted
    /// standard deviation, but at least 0 (Bilen et al. 2020).
    /// </summary>
    public static ImmutableArray<RocPoint> Combine(
        IReadOnlyList<ImmutableArray<RocPoint>> classes,
        IEnumerable<double> grid,
        double instabilityWeight
    )
    {
        var rates = grid.Distinct().Order().ToArray();
        var next = new int[classes.Count];
        var values = new double[classes.Count];
        var combined = ImmutableArray.CreateBuilder<RocPoint>(rates.Length);
        foreach (var rate in rates)
        {
            for (var k = 0; k < classes.Count; k++)
                while (next[k] < classes[k].Length && classes[k][next[k]].FalsePositiveRate <= rate)
                    values[k] = classes[k][next[k]++].TruePositiveRate;
            var mean = values.Sum() / values.Length;
            var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Length);
            combined.Add(new RocPoint(rate, Math.Max(mean - instabilityWeight * deviation, 0)));
        }
        return combined.MoveToImmutable();
    }

    /// <summary>The area under the curve up to a maximum false positive rate, divided by that rate.</summary>
    public static double Area(IReadOnlyList<RocPoint> curve, double max)
    {
        var area = 0.0;
        for (var k = 0; k < curve.Count && curve[k].FalsePositiveRate < max; k++)
        {
            var end = k + 1 < curve.Count ? Math.Min(curve[k + 1].FalsePositiveRate, max) : max;
            area += curve[k].TruePositiveRate * (end - curve[k].FalsePositiveRate);
        }
        return area / max;
    }
}
