using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>
/// The bootstrap over clips (Efron and Tibshirani 1993): clips are drawn with replacement, and metrics are recomputed
/// for each resample. The resamples give the standard error and the bias of a score, from which
/// <see cref="StudentInterval"/> computes an interval. The interval of a single trained network accounts for the
/// sampling of clips, not for the variance of training.
/// </summary>
public static class Bootstrap
{
    /// <summary>Intervals of metrics that are functions of counts.</summary>
    /// <param name="perClip">The counts of each clip.</param>
    /// <param name="metrics">
    /// Computes the metrics from summed counts, with the same names in the same order for every resample.
    /// </param>
    /// <param name="options">Options; null for the defaults (1000 resamples).</param>
    /// <param name="units">
    /// The units to resample, which group dependent clips. Null (the default): every clip is a unit.
    /// </param>
    /// <exception cref="ArgumentException">There are no clips, or the options are unusable.</exception>
    public static ImmutableArray<Interval> Intervals<TCounts>(
        IReadOnlyList<TCounts> perClip,
        Func<TCounts, IReadOnlyList<Measure>> metrics,
        BootstrapOptions? options = null,
        SamplingUnits? units = null
    )
        where TCounts : ICounts<TCounts>
    {
        ArgumentNullException.ThrowIfNull(metrics);
        WeightedSum<TCounts> sum = new(perClip);
        return Intervals(perClip.Count, weights => metrics(sum.Of(weights)), options, units);
    }

    /// <summary>Intervals of metrics that are not functions of counts, for example PSDS.</summary>
    /// <param name="clips">Number of clips, at least 1.</param>
    /// <param name="metrics">
    /// Computes the metrics of weighted clips; the weight of a clip is the number of times it was drawn.
    /// </param>
    /// <param name="options">Options; null for the defaults (1000 resamples).</param>
    /// <param name="units">
    /// The units to resample, which group dependent clips. Null (the default): every clip is a unit.
    /// </param>
    /// <exception cref="ArgumentException">There are no clips, or the options are unusable.</exception>
    public static ImmutableArray<Interval> Intervals(
        int clips,
        Func<int[], IReadOnlyList<Measure>> metrics,
        BootstrapOptions? options = null,
        SamplingUnits? units = null
    )
    {
        return Resample(units ?? SamplingUnits.OfClips(clips), metrics, options).Intervals();
    }

    /// <summary>Differences of metrics between two systems (second minus first) on the same clips.</summary>
    /// <param name="first">The counts of the first system for each clip.</param>
    /// <param name="second">The counts of the second system for the same clips in the same order.</param>
    /// <param name="metrics">
    /// Computes the metrics from summed counts, with the same names in the same order for every resample.
    /// </param>
    /// <param name="options">Options; null for the defaults (1000 resamples).</param>
    /// <param name="units">
    /// The units to resample, which group dependent clips. Null (the default): every clip is a unit.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The numbers of clips differ or are 0, or the options are unusable.
    /// </exception>
    public static ImmutableArray<PairedDifference> Differences<TCounts>(
        IReadOnlyList<TCounts> first,
        IReadOnlyList<TCounts> second,
        Func<TCounts, IReadOnlyList<Measure>> metrics,
        BootstrapOptions? options = null,
        SamplingUnits? units = null
    )
        where TCounts : ICounts<TCounts>
    {
        ArgumentNullException.ThrowIfNull(metrics);
        (WeightedSum<TCounts> a, WeightedSum<TCounts> b) = (new(first), new(second));
        if (first.Count != second.Count)
            throw new ArgumentException($"The systems have {first.Count} and {second.Count} clips.", nameof(second));
        return Differences(
            first.Count,
            weights => metrics(a.Of(weights)),
            weights => metrics(b.Of(weights)),
            options,
            units
        );
    }

    /// <summary>
    /// Differences between two systems (second minus first) for metrics that are not functions of counts, for example
    /// PSDS.
    /// </summary>
    /// <param name="clips">Number of clips, at least 1.</param>
    /// <param name="first">Computes the metrics of the first system on weighted clips.</param>
    /// <param name="second">Computes the same metrics of the second system.</param>
    /// <param name="options">Options; null for the defaults (1000 resamples).</param>
    /// <param name="units">
    /// The units to resample, which group dependent clips. Null (the default): every clip is a unit.
    /// </param>
    /// <exception cref="ArgumentException">
    /// There are no clips, the metrics differ, or the options are unusable.
    /// </exception>
    public static ImmutableArray<PairedDifference> Differences(
        int clips,
        Func<int[], IReadOnlyList<Measure>> first,
        Func<int[], IReadOnlyList<Measure>> second,
        BootstrapOptions? options = null,
        SamplingUnits? units = null
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        units ??= SamplingUnits.OfClips(clips);
        // Equal seeds draw the same clips for both systems, so the differences are paired.
        return Resample(units, second, options).DifferencesFrom(Resample(units, first, options));
    }

    /// <summary>
    /// Computes the metrics of all clips and of bootstrap resamples. The result gives intervals, and differences from any
    /// number of other systems, without drawing again.
    /// </summary>
    /// <param name="clips">Number of clips, at least 1.</param>
    /// <param name="metrics">
    /// Computes the metrics of weighted clips; the weight of a clip is the number of times it was drawn.
    /// </param>
    /// <param name="options">Options; null for the defaults (1000 resamples).</param>
    /// <exception cref="ArgumentException">There are no clips, or the options are unusable.</exception>
    public static Resampled Resample(
        int clips,
        Func<int[], IReadOnlyList<Measure>> metrics,
        BootstrapOptions? options = null
    ) => Resample(SamplingUnits.OfClips(clips), metrics, options);

    /// <summary>Computes the metrics of all clips and of bootstrap resamples of independent units of clips.</summary>
    /// <param name="units">The independent units of the clips, for example recordings.</param>
    /// <param name="metrics">
    /// Computes the metrics of weighted clips; the weight of a clip is the number of times its unit was drawn.
    /// </param>
    /// <param name="options">Options; null for the defaults (1000 resamples).</param>
    /// <exception cref="ArgumentException">The options are unusable.</exception>
    public static Resampled Resample(
        SamplingUnits units,
        Func<int[], IReadOnlyList<Measure>> metrics,
        BootstrapOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(metrics);
        options ??= new BootstrapOptions();
        options.Check();
        var weights = new int[units.Clips];
        Array.Fill(weights, 1);
        var whole = metrics(weights);
        // A resample without a class lacks the metrics of that class, so metrics are found by name.
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (var m = 0; m < whole.Count; m++)
            places.Add(whole[m].Name, m);
        var values = new double[whole.Count][];
        for (var m = 0; m < values.Length; m++)
            Array.Fill(values[m] = new double[options.Resamples], double.NaN);
        Resampling resampling = new(options.Seed);
        for (var sample = 0; sample < options.Resamples; sample++)
        {
            units.Draw(resampling, weights);
            var measures = metrics(weights);
            for (var m = 0; m < measures.Count; m++)
            {
                var place = m < whole.Count && whole[m].Name == measures[m].Name ? m : places[measures[m].Name];
                values[place][sample] = measures[m].Value.Value;
            }
        }
        return new Resampled(whole, values, units, options);
    }
}

/// <summary>Options of the bootstrap. Immutable; checked on use.</summary>
public sealed record BootstrapOptions
{
    /// <summary>Maximum number of resamples, enough for intervals that are stable to three digits.</summary>
    public const int MostResamples = 1_000_000;

    /// <summary>Number of resamples, from 1 to <see cref="MostResamples"/>. Default 1000.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>The seed. Equal seeds draw the same clips on every machine. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The confidence level of intervals, between 0 and 1. Default 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>All problems of these options; empty if they are valid.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (Resamples < 1)
            problems.Add($"Resamples must be at least 1, was {Resamples}.");
        if (Resamples > MostResamples)
            problems.Add($"Resamples must be at most {MostResamples}, was {Resamples}.");
        if (!(Confidence > 0 && Confidence < 1))
            problems.Add(FormattableString.Invariant($"Confidence must lie between 0 and 1, was {Confidence}."));
        return problems;
    }

    internal void Check()
    {
        if (Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }
}

/// <summary>
/// Draws bootstrap resamples. The generator is SplitMix64 (Steele, Lea and Flood 2014), so a seed gives the same draws
/// on every machine and in every version.
/// </summary>
internal sealed class Resampling(ulong seed)
{
    private ulong state = seed;

    /// <summary>Draws one resample. The weight of a clip is the number of times it was drawn.</summary>
    public void Draw(Span<int> weights)
    {
        weights.Clear();
        for (var k = 0; k < weights.Length; k++)
            weights[(int)Math.BigMul(Next(), (ulong)weights.Length, out _)]++;
    }

    private ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
