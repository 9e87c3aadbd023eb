namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// Bins of scores that halve towards the highest scores, as in Navine et al. (2024): the lower half of all stretches, then
/// a quarter, and so on. In a random sample, the two highest bins hold at least 10 stretches on average; there are at most
/// 6 bins. Bins do not depend on labels.
/// </summary>
internal static class ScoreBins
{
    private const int Most = 6;
    private const double Least = 10;

    /// <summary>A bin.</summary>
    /// <param name="Share">Its share of all stretches among which the sample was drawn.</param>
    /// <param name="Drawn">Number of drawn stretches in it.</param>
    /// <param name="Present">Number of these that contain the class.</param>
    internal readonly record struct Bin(double Share, int Drawn, int Present);

    /// <summary>The bins with at least one drawn stretch; their shares add up to 1.</summary>
    internal static Bin[] Of(ClassSample sample)
    {
        double[] scores = [.. sample.Drawn.Select(one => one.Score).Concat(sample.Others)];
        Array.Sort(scores);
        var starts = Starts(scores, sample.Drawn.Count);
        var all = new int[starts.Length];
        foreach (var score in scores)
            all[BinOf(starts, score)]++;
        var (drawn, present) = (new int[starts.Length], new int[starts.Length]);
        foreach (var one in sample.Drawn)
        {
            drawn[BinOf(starts, one.Score)]++;
            present[BinOf(starts, one.Score)] += one.IsPresent ? 1 : 0;
        }
        List<Bin> bins = [];
        var waiting = 0; // stretches of lower bins without a drawn stretch
        for (var k = 0; k < starts.Length; k++)
            if (drawn[k] > 0)
            {
                bins.Add(new((double)(all[k] + waiting) / scores.Length, drawn[k], present[k]));
                waiting = 0;
            }
            else if (bins.Count > 0)
                bins[^1] = bins[^1] with { Share = bins[^1].Share + (double)all[k] / scores.Length };
            else
                waiting += all[k];
        return [.. bins];
    }

    /// <summary>The lowest score of each bin, increasing; the first one is negative infinity.</summary>
    private static double[] Starts(double[] sorted, int drawn)
    {
        var count = Math.Clamp((int)Math.Floor(Math.Log2(drawn / Least)) + 1, 1, Most);
        List<double> starts = [double.NegativeInfinity];
        for (var (k, share) = (1, 0.5); k < count; k++, share /= 2)
            if (sorted[(int)Math.Round((1 - share) * sorted.Length)] is var start && start > starts[^1])
                starts.Add(start);
        return [.. starts];
    }

    private static int BinOf(double[] starts, double score)
    {
        var at = Array.BinarySearch(starts, score);
        return at >= 0 ? at : ~at - 1;
    }
}
