using Sed.Core.Metrics.Uncertainty;
using Sed.Core.Scoring;

namespace Sed.Bench;

/// <summary>
/// Counts the intervals that contain the true score, and the wrong comparisons, for one metric, one number of clips and one
/// number of training runs. Rates are printed with their standard errors over repetitions, because the rows of a repetition
/// share clips. Thread-safe.
/// </summary>
internal sealed class StatisticsTally(Metric metric, int fewestUnits, bool areAllPairsCompared)
{
    private readonly List<(int Of, int Covering)> intervals = [];
    private readonly List<(int Of, int Differing)> pairs = [];
    private readonly List<(int Of, int Wrong)> tables = [];
    private int without;

    /// <summary>Adds a repetition.</summary>
    /// <param name="rows">The trials of each row, with equal true scores.</param>
    /// <param name="truth">The true score.</param>
    public void Add(Resampled[][] rows, double truth)
    {
        RowScores[] scores = [.. rows.Select(row => RowScores.Of(row, metric.Name, null, fewestUnits))];
        var limits = scores.Select(row => row.Interval()).Where(limits => limits.Low.IsDefined).ToArray();
        var twos = scores
            .Chunk(2)
            .Select(two => RowComparisons.With(two[0], [two[1]])[0])
            .Where(two => two.WhyNone is null)
            .ToArray();
        var best = Enumerable
            .Range(0, scores.Length)
            .MaxBy(row => metric.LowerIsBetter ? -scores[row].Mean : scores[row].Mean);
        var all = areAllPairsCompared ? RowComparisons.AllPairs(scores) : null;
        var withBest = Enumerable
            .Range(0, all is null ? 0 : scores.Length)
            .Where(row => row != best)
            .Select(row => all![(row, best)])
            .Where(one => one.WhyNone is null)
            .ToArray();
        lock (this)
        {
            without += scores.Length - limits.Length;
            intervals.Add((limits.Length, limits.Count(own => own.Low.Value <= truth && truth <= own.High.Value)));
            pairs.Add((twos.Length, twos.Count(two => two.Differs)));
            tables.Add((Math.Min(1, withBest.Length), withBest.Any(one => one.Differs) ? 1 : 0));
        }
    }

    public override string ToString()
    {
        var of = without + intervals.Sum(one => one.Of);
        var none = FormattableString.Invariant($"{(double)without / of:F3}");
        return $"{Rate(intervals), 16}{none, 13}{Rate(pairs), 22}{Rate(tables), 27}";
    }

    // The standard error of a ratio of sums over repetitions (Cochran 1977, section 6.3).
    private static string Rate(List<(int Of, int Count)> repetitions)
    {
        var of = repetitions.Sum(one => one.Of);
        if (of == 0)
            return "-";
        var rate = (double)repetitions.Sum(one => one.Count) / of;
        var error = Math.Sqrt(repetitions.Sum(one => Math.Pow(one.Count - rate * one.Of, 2))) / of;
        return FormattableString.Invariant($"{rate:F3} ± {error:F3}");
    }
}
