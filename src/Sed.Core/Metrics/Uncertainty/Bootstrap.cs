using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>
/// The uncertainty of metrics over the choice of clips: clips are drawn with replacement, counts added and metrics computed
/// anew (Efron and Tibshirani, 1993). Intervals are percentiles of the resamples.
/// </summary>
public static class Bootstrap
{
    /// <summary>Intervals of metrics that are functions of counts.</summary>
    /// <param name="perClip">The counts of each clip.</param>
    /// <param name="metrics">The metrics of summed counts, always the same ones in the same order.</param>
    /// <param name="options">How often to resample; 1000 times by default.</param>
    /// <exception cref="ArgumentException">There are no clips, or the options are unusable.</exception>
    public static ImmutableArray<Interval> Intervals<TCounts>(
        IReadOnlyList<TCounts> perClip,
        Func<TCounts, IReadOnlyList<Measure>> metrics,
        BootstrapOptions? options = null
    )
        where TCounts : ICounts<TCounts>
    {
        ArgumentNullException.ThrowIfNull(metrics);
        WeightedSum<TCounts> sum = new(perClip);
        return Intervals(perClip.Count, weights => metrics(sum.Of(weights)), options);
    }

    /// <summary>Intervals of any metrics of a weighted corpus, for example PSDS.</summary>
    /// <param name="clips">Number of clips, at least 1.</param>
    /// <param name="metrics">The metrics of a corpus in which each clip stands as often as its weight says.</param>
    /// <param name="options">How often to resample; 1000 times by default.</param>
    /// <exception cref="ArgumentException">There are no clips, or the options are unusable.</exception>
    public static ImmutableArray<Interval> Intervals(
        int clips,
        Func<int[], IReadOnlyList<Measure>> metrics,
        BootstrapOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(metrics);
        options = Checked(clips, options);
        var whole = metrics(Once(clips));
        var values = Sampled(whole, clips, metrics, options);
        var intervals = ImmutableArray.CreateBuilder<Interval>(whole.Count);
        for (var m = 0; m < whole.Count; m++)
        {
            var (sorted, undefined) = Defined(values[m]);
            intervals.Add(
                new Interval(
                    whole[m].Name,
                    whole[m].Value,
                    Percentile(sorted, (1 - options.Confidence) / 2),
                    Percentile(sorted, (1 + options.Confidence) / 2),
                    StandardDeviation(sorted),
                    undefined
                )
            );
        }
        return intervals.MoveToImmutable();
    }

    /// <summary>Differences of metrics between two systems on the same clips.</summary>
    /// <param name="first">The counts of the first system for each clip.</param>
    /// <param name="second">The counts of the second system for the same clips in the same order.</param>
    /// <param name="metrics">The metrics of summed counts, always the same ones in the same order.</param>
    /// <param name="options">How often to resample; 1000 times by default.</param>
    /// <exception cref="ArgumentException">The numbers of clips differ or are 0, or the options are unusable.</exception>
    public static ImmutableArray<PairedDifference> Differences<TCounts>(
        IReadOnlyList<TCounts> first,
        IReadOnlyList<TCounts> second,
        Func<TCounts, IReadOnlyList<Measure>> metrics,
        BootstrapOptions? options = null
    )
        where TCounts : ICounts<TCounts>
    {
        ArgumentNullException.ThrowIfNull(metrics);
        (WeightedSum<TCounts> a, WeightedSum<TCounts> b) = (new(first), new(second));
        if (first.Count != second.Count)
            throw new ArgumentException($"The systems have {first.Count} and {second.Count} clips.", nameof(second));
        return Differences(first.Count, weights => metrics(a.Of(weights)), weights => metrics(b.Of(weights)), options);
    }

    /// <summary>Differences of any metrics of a weighted corpus between two systems, for example of PSDS.</summary>
    /// <param name="clips">Number of clips, at least 1.</param>
    /// <param name="first">The metrics of the first system on a weighted corpus.</param>
    /// <param name="second">The same metrics of the second system.</param>
    /// <param name="options">How often to resample; 1000 times by default.</param>
    /// <exception cref="ArgumentException">There are no clips, the metrics differ, or the options are unusable.</exception>
    public static ImmutableArray<PairedDifference> Differences(
        int clips,
        Func<int[], IReadOnlyList<Measure>> first,
        Func<int[], IReadOnlyList<Measure>> second,
        BootstrapOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        options = Checked(clips, options);
        var (a, b) = (first(Once(clips)), second(Once(clips)));
        if (!a.Select(one => one.Name).SequenceEqual(b.Select(one => one.Name)))
            throw new ArgumentException("The two systems have different metrics.", nameof(second));
        // Equal seeds draw equal clips: that is what pairs the systems.
        var (valuesA, valuesB) = (Sampled(a, clips, first, options), Sampled(b, clips, second, options));
        var differences = ImmutableArray.CreateBuilder<PairedDifference>(a.Count);
        for (var m = 0; m < a.Count; m++)
        {
            var (sorted, undefined) = Defined([.. valuesB[m].Zip(valuesA[m], Difference)]);
            differences.Add(
                new PairedDifference(
                    a[m].Name,
                    a[m].Value,
                    b[m].Value,
                    Minus(b[m].Value, a[m].Value),
                    Percentile(sorted, (1 - options.Confidence) / 2),
                    Percentile(sorted, (1 + options.Confidence) / 2),
                    PValue(sorted),
                    undefined
                )
            );
        }
        return differences.MoveToImmutable();
    }

    private static BootstrapOptions Checked(int clips, BootstrapOptions? options)
    {
        options ??= new BootstrapOptions();
        options.Check();
        return clips > 0 ? options : throw new ArgumentException("There are no clips to draw from.", nameof(clips));
    }

    private static int[] Once(int clips)
    {
        var weights = new int[clips];
        Array.Fill(weights, 1);
        return weights;
    }

    /// <summary>Of each metric its value in each resample; NaN where it is undefined.</summary>
    private static double[][] Sampled(
        IReadOnlyList<Measure> whole,
        int clips,
        Func<int[], IReadOnlyList<Measure>> metrics,
        BootstrapOptions options
    )
    {
        // A class that a resample lacks is missing from its metrics, so they are found by name.
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (var m = 0; m < whole.Count; m++)
            places.Add(whole[m].Name, m);
        var values = new double[whole.Count][];
        for (var m = 0; m < values.Length; m++)
            Array.Fill(values[m] = new double[options.Resamples], double.NaN);
        Resampling resampling = new(options.Seed);
        var weights = new int[clips];
        for (var sample = 0; sample < options.Resamples; sample++)
        {
            resampling.Draw(weights);
            var measures = metrics(weights);
            for (var m = 0; m < measures.Count; m++)
            {
                var place = m < whole.Count && whole[m].Name == measures[m].Name ? m : places[measures[m].Name];
                values[place][sample] = measures[m].Value.Value;
            }
        }
        return values;
    }

    private static (double[] Sorted, int Undefined) Defined(double[] values)
    {
        double[] defined = [.. values.Where(value => !double.IsNaN(value))];
        Array.Sort(defined);
        return (defined, values.Length - defined.Length);
    }

    /// <summary>The percentile with linear interpolation between the two nearest values.</summary>
    private static Rate Percentile(double[] sorted, double part)
    {
        if (sorted.Length == 0)
            return Rate.Undefined("no resample has a value");
        var place = part * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] == sorted[above] ? sorted[below]
            // Nothing lies between a value and infinity.
            : !double.IsFinite(sorted[below]) || !double.IsFinite(sorted[above])
                ? sorted[place - below < 0.5 ? below : above]
            : sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    private static Rate StandardDeviation(double[] values)
    {
        if (values.Length < 2)
            return Rate.Undefined("fewer than two resamples have a value");
        if (values.Any(double.IsInfinity))
            return Rate.Undefined("a resample has an infinite value");
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }

    private static Rate PValue(double[] differences)
    {
        if (differences.Length == 0)
            return Rate.Undefined("no resample has a value");
        var notAbove = 1 + differences.Count(difference => difference <= 0);
        var notBelow = 1 + differences.Count(difference => difference >= 0);
        return Math.Min(1, 2.0 * Math.Min(notAbove, notBelow) / (differences.Length + 1));
    }

    private static Rate Minus(Rate a, Rate b) =>
        !a.IsDefined ? a
        : !b.IsDefined ? b
        : Difference(a.Value, b.Value);

    /// <summary>One value less another; equal ones, infinite too as d-prime is for a perfect ranking, do not differ.</summary>
    private static double Difference(double a, double b) => a == b ? 0 : a - b;
}
