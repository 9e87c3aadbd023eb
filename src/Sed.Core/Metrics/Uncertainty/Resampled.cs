using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>The values of metrics on all clips and on bootstrap resamples of them. Immutable.</summary>
public sealed class Resampled
{
    private readonly IReadOnlyList<Measure> whole;
    private readonly double[][] values; // (metrics, resamples); NaN: undefined
    private readonly BootstrapOptions options;

    internal Resampled(
        IReadOnlyList<Measure> whole,
        double[][] values,
        SamplingUnits units,
        BootstrapOptions options
    ) => (this.whole, this.values, Units, this.options) = (whole, values, units, options);

    /// <summary>The sampling units.</summary>
    public SamplingUnits Units { get; }

    /// <summary>The interval of each metric.</summary>
    public ImmutableArray<Interval> Intervals()
    {
        var intervals = ImmutableArray.CreateBuilder<Interval>(whole.Count);
        for (var m = 0; m < whole.Count; m++)
        {
            var (name, value) = whole[m];
            var moments = Moments.Of(values[m], Units.Count);
            var (low, high) = Student(value, moments).Limits();
            intervals.Add(new Interval(name, value, low, high, moments.StandardError, values[m].Count(double.IsNaN)));
        }
        return intervals.MoveToImmutable();
    }

    /// <summary>
    /// For each metric, the value of this system minus the value of another system (paired bootstrap).
    /// </summary>
    /// <param name="first">
    /// The other system: the same metrics on the same clips, resampled with the same options.
    /// </param>
    /// <exception cref="ArgumentException">The metrics, the numbers of clips or the options differ.</exception>
    public ImmutableArray<PairedDifference> DifferencesFrom(Resampled first)
    {
        ArgumentNullException.ThrowIfNull(first);
        if (!first.whole.Select(one => one.Name).SequenceEqual(whole.Select(one => one.Name)))
            throw new ArgumentException("The two systems have different metrics.", nameof(first));
        if (first.Units.Clips != Units.Clips || first.options != options)
            throw new ArgumentException(
                "The two systems have different numbers of clips or different resampling options.",
                nameof(first)
            );
        var differences = ImmutableArray.CreateBuilder<PairedDifference>(whole.Count);
        for (var m = 0; m < whole.Count; m++)
        {
            var (a, b) = (first.whole[m].Value, whole[m].Value);
            double[] sampled = [.. values[m].Zip(first.values[m], Difference)];
            var difference = Minus(b, a);
            var student = Student(difference, Moments.Of(sampled, Units.Count)) with
            {
                IsDifference = true,
                SquaredBias = first.SquaredBias(m) + SquaredBias(m),
            };
            var (low, high) = student.Limits();
            differences.Add(
                new PairedDifference(
                    whole[m].Name,
                    a,
                    b,
                    difference,
                    low,
                    high,
                    student.PValue(),
                    sampled.Count(double.IsNaN)
                )
            );
        }
        return differences.MoveToImmutable();
    }

    /// <summary>The values of the named metric on all clips and on each resample.</summary>
    /// <exception cref="ArgumentException">There is no such metric.</exception>
    internal (Rate Whole, double[] Resamples) Of(string metric)
    {
        for (var m = 0; m < whole.Count; m++)
            if (whole[m].Name == metric)
                return (whole[m].Value, values[m]);
        throw new ArgumentException($"There is no metric '{metric}'.", nameof(metric));
    }

    private double SquaredBias(int metric) =>
        Math.Pow(Moments.Of(values[metric], Units.Count).BiasOf(whole[metric].Value), 2);

    private StudentInterval Student(Rate value, Moments moments) =>
        new(value, moments) { Confidence = options.Confidence };

    private static Rate Minus(Rate a, Rate b) =>
        !a.IsDefined ? a
        : !b.IsDefined ? b
        : Difference(a.Value, b.Value);

    /// <summary>
    /// The difference of two values; 0 for equal infinite values, such as d-prime of two perfect rankings.
    /// </summary>
    internal static double Difference(double a, double b) => a == b ? 0 : a - b;
}

/// <summary>The value of a metric with its bootstrap interval over clips.</summary>
/// <param name="Name">The name of the metric.</param>
/// <param name="Value">The value on all clips.</param>
/// <param name="Low">The lower limit; undefined, with the reason, if the resamples give no interval.</param>
/// <param name="High">The upper limit.</param>
/// <param name="StandardError">
/// The standard error over clips; undefined if fewer than two resamples have a value.
/// </param>
/// <param name="Undefined">Number of resamples without a value; they are left out.</param>
public sealed record Interval(string Name, Rate Value, Rate Low, Rate High, Rate StandardError, int Undefined);

/// <summary>The difference of a metric between two systems on the same clips (paired bootstrap).</summary>
/// <param name="Name">The name of the metric.</param>
/// <param name="First">The value of the first system.</param>
/// <param name="Second">The value of the second system.</param>
/// <param name="Difference">The second value minus the first.</param>
/// <param name="Low">
/// The lower limit of the difference's interval; undefined, with the reason, if there is none.
/// </param>
/// <param name="High">The upper limit.</param>
/// <param name="PValue">The two-sided p-value; undefined if there is no interval.</param>
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
