namespace Sed.Core.Metrics.Thresholds;

/// <summary>Partial areas under ROC curves up to a maximum false positive rate, divided by that rate.</summary>
internal static class RocAreas
{
    /// <summary>
    /// The area under the points in order of falling threshold. The curve is interpolated at the maximum rate.
    /// </summary>
    public static double InOrder(ReadOnlySpan<ThresholdPoint> points, long references, long negatives, double limit)
    {
        var most = limit * negatives;
        var area = 0.0;
        for (var k = 1; k < points.Length && points[k - 1].FalsePositives < most; k++)
        {
            double from = points[k - 1].FalsePositives;
            double to = points[k].FalsePositives;
            double low = points[k - 1].TruePositives;
            double high = points[k].TruePositives;
            if (to > most)
                (to, high) = (most, low + ((most - from) / (to - from) * (high - low)));
            area += (to - from) * (high + low);
        }
        return area / (2.0 * references * most);
    }

    /// <summary>
    /// The area as in sed_scores_eval (c7a3b71), which sorts the points by false positive rate with NumPy's unstable
    /// sort, once before and once after it averages the true positive rates of adjacent points.
    /// </summary>
    public static double AsNumpy(ReadOnlySpan<ThresholdPoint> points, long references, double negatives, double limit)
    {
        var rates = new double[points.Length];
        var found = new double[points.Length];
        for (var k = 0; k < points.Length; k++)
            (rates[k], found[k]) = (points[k].FalsePositives / negatives, (double)points[k].TruePositives / references);
        (rates, found) = Sorted(rates, found);
        if (limit < 1)
            (rates, found) = UpTo(limit, rates, found);
        for (var k = 0; k + 1 < found.Length; k++)
            found[k] = (found[k] + found[k + 1]) / 2;
        (rates, found) = Sorted(rates, found);
        var area = 0.0;
        for (var k = 0; k + 1 < rates.Length; k++)
            area += found[k] * (rates[k + 1] - rates[k]);
        return area / limit;
    }

    private static (double[] Rates, double[] Found) UpTo(double limit, double[] rates, double[] found)
    {
        var end = Array.FindIndex(rates, rate => rate > limit);
        var share = (limit - rates[end - 1]) / (rates[end] - rates[end - 1]);
        var last = found[end - 1] + (share * (found[end] - found[end - 1]));
        return ([.. rates[..end], limit], [.. found[..end], last]);
    }

    private static (double[] Rates, double[] Found) Sorted(double[] rates, double[] found)
    {
        var order = NumpyOrder.Of(rates);
        return ([.. order.Select(k => rates[k])], [.. order.Select(k => found[k])]);
    }
}
