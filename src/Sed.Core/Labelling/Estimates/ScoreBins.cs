namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// Bins of scores whose sizes halve towards the highest scores, as in Navine et al. (2024): the first bin is the half of
/// all stretches with the lowest scores, the next one a quarter, and so on. In a random sample, each of the two highest
/// bins has at least 10 stretches on average; there are at most 6 bins. Bins do not depend on labels.
/// </summary>
internal static class ScoreBins
{
    private const int Most = 6;
    private const double Least = 10;

    /// <summary>A bin.</summary>
    /// <param name="Stretches">Number of stretches in it.</param>
    /// <param name="Drawn">Number of drawn stretches in it, at least 1.</param>
    /// <param name="Present">Number of drawn stretches in it that contain the class.</param>
    internal readonly record struct Bin(int Stretches, int Drawn, int Present);

    /// <summary>The bins. A bin without a drawn stretch is joined with its neighbour.</summary>
    /// <param name="drawn">The drawn stretches, at least one.</param>
    /// <param name="others">The scores of the stretches that were not drawn.</param>
    internal static Bin[] Of(IReadOnlyList<ReviewedStretch> drawn, IReadOnlyList<double> others)
    {
        double[] scores = [.. drawn.Select(one => one.Score).Concat(others)];
        Array.Sort(scores);
        var starts = Starts(scores, drawn.Count);
        var counts = new Bin[starts.Length];
        foreach (var score in scores)
            counts[BinOf(starts, score)] = With(counts[BinOf(starts, score)], new(1, 0, 0));
        foreach (var one in drawn)
            counts[BinOf(starts, one.Score)] = With(counts[BinOf(starts, one.Score)], new(0, 1, one.IsPresent ? 1 : 0));
        List<Bin> bins = [];
        foreach (var bin in counts)
            if (bins.Count > 0 && (bin.Drawn == 0 || bins[^1].Drawn == 0))
                bins[^1] = With(bins[^1], bin);
            else
                bins.Add(bin);
        return [.. bins];
    }

    private static Bin With(Bin first, Bin second) =>
        new(first.Stretches + second.Stretches, first.Drawn + second.Drawn, first.Present + second.Present);

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
