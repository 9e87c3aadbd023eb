using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>The values of metrics on all clips and on bootstrap resamples of them. Immutable.</summary>
public sealed class Resampled
{
    private readonly IReadOnlyList<Measure> whole;
    private readonly double[][] values; // for each metric its value in each resample; NaN where it is undefined
    private readonly int clips;
    private readonly BootstrapOptions options;

    internal Resampled(IReadOnlyList<Measure> whole, double[][] values, int clips, BootstrapOptions options) =>
        (this.whole, this.values, this.clips, this.options) = (whole, values, clips, options);

    /// <summary>The interval of each metric.</summary>
    /// <param name="resamples">The number of resamples to use, from the first on; by default all.</param>
    public ImmutableArray<Interval> Intervals(int? resamples = null)
    {
        var intervals = ImmutableArray.CreateBuilder<Interval>(whole.Count);
        for (var m = 0; m < whole.Count; m++)
        {
            var (sorted, undefined) = Defined(values[m].Take(resamples ?? options.Resamples));
            var (low, high) = Ends(sorted);
            intervals.Add(new Interval(whole[m].Name, whole[m].Value, low, high, StandardDeviation(sorted), undefined));
        }
        return intervals.MoveToImmutable();
    }

    /// <summary>The differences of each metric from another system, resample by resample.</summary>
    /// <param name="first">The same metrics of the other system on the same clips, with the same options.</param>
    /// <exception cref="ArgumentException">The metrics, the numbers of clips or the options differ.</exception>
    public ImmutableArray<PairedDifference> DifferencesFrom(Resampled first)
    {
        ArgumentNullException.ThrowIfNull(first);
        if (!first.whole.Select(one => one.Name).SequenceEqual(whole.Select(one => one.Name)))
            throw new ArgumentException("The two systems have different metrics.", nameof(first));
        if (first.clips != clips || first.options != options)
            throw new ArgumentException(
                "The two systems have different numbers of clips or options of resampling.",
                nameof(first)
            );
        var differences = ImmutableArray.CreateBuilder<PairedDifference>(whole.Count);
        for (var m = 0; m < whole.Count; m++)
        {
            var (a, b) = (first.whole[m].Value, whole[m].Value);
            var (sorted, undefined) = Defined(values[m].Zip(first.values[m], Difference));
            var (low, high) = Ends(sorted);
            differences.Add(
                new PairedDifference(whole[m].Name, a, b, Minus(b, a), low, high, PValue(sorted), undefined)
            );
        }
        return differences.MoveToImmutable();
    }

    private (Rate Low, Rate High) Ends(double[] sorted) =>
        (Percentile(sorted, (1 - options.Confidence) / 2), Percentile(sorted, (1 + options.Confidence) / 2));

    private (double[] Sorted, int Undefined) Defined(IEnumerable<double> sampled)
    {
        var all = 0;
        List<double> defined = new(options.Resamples);
        foreach (var value in sampled)
        {
            all++;
            if (!double.IsNaN(value))
                defined.Add(value);
        }
        double[] sorted = [.. defined];
        Array.Sort(sorted);
        return (sorted, all - sorted.Length);
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
            // There is no interpolation with infinity.
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

    /// <summary>The difference of two values; 0 for equal infinite values, such as d-prime of two perfect rankings.</summary>
    private static double Difference(double a, double b) => a == b ? 0 : a - b;
}

/// <summary>The value of a metric with its bootstrap interval over clips.</summary>
/// <param name="Name">The name of the metric.</param>
/// <param name="Value">The value on all clips.</param>
/// <param name="Low">The lower limit; undefined when no resample has a value.</param>
/// <param name="High">The upper limit.</param>
/// <param name="StandardError">The standard deviation over resamples; undefined for fewer than two values.</param>
/// <param name="Undefined">Number of resamples without a value, which the interval leaves out.</param>
public sealed record Interval(string Name, Rate Value, Rate Low, Rate High, Rate StandardError, int Undefined);

/// <summary>The difference of a metric between two systems on the same clips (paired bootstrap).</summary>
/// <param name="Name">The name of the metric.</param>
/// <param name="First">The value of the first system.</param>
/// <param name="Second">The value of the second system.</param>
/// <param name="Difference">The second value minus the first.</param>
/// <param name="Low">The lower limit of the interval of the difference; undefined when no resample has a value.</param>
/// <param name="High">The upper limit.</param>
/// <param name="PValue">
/// Two-sided p-value: twice the smaller of (1 + resamples with a difference of at most 0) and (1 + resamples with a difference
/// of at least 0), over (1 + resamples), but at most 1.
/// </param>
/// <param name="Undefined">Number of resamples in which either system has no value; they are left out.</param>
public sealed record PairedDifference(
    string Name,
    Rate First,
    Rate Second,
    Rate Difference,
    Rate Low,
    Rate High,
    Rate PValue,
    int Undefined
);
