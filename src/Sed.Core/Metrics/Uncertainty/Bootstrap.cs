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
        return Resample(clips, metrics, options).Intervals();
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
        // Equal seeds draw equal clips: that is what pairs the systems.
        return Resample(clips, second, options).DifferencesFrom(Resample(clips, first, options));
    }

    /// <summary>
    /// Metrics of a weighted corpus and of its resamples, to take intervals from and to compare with those of other systems,
    /// without drawing again for each.
    /// </summary>
    /// <param name="clips">Number of clips, at least 1.</param>
    /// <param name="metrics">The metrics of a corpus in which each clip stands as often as its weight says.</param>
    /// <param name="options">How often to resample; 1000 times by default.</param>
    /// <exception cref="ArgumentException">There are no clips, or the options are unusable.</exception>
    public static Resampled Resample(
        int clips,
        Func<int[], IReadOnlyList<Measure>> metrics,
        BootstrapOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(metrics);
        options ??= new BootstrapOptions();
        options.Check();
        if (clips <= 0)
            throw new ArgumentException("There are no clips to draw from.", nameof(clips));
        var weights = new int[clips];
        Array.Fill(weights, 1);
        var whole = metrics(weights);
        // A class that a resample lacks is missing from its metrics, so they are found by name.
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (var m = 0; m < whole.Count; m++)
            places.Add(whole[m].Name, m);
        var values = new double[whole.Count][];
        for (var m = 0; m < values.Length; m++)
            Array.Fill(values[m] = new double[options.Resamples], double.NaN);
        Resampling resampling = new(options.Seed);
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
        return new Resampled(whole, values, clips, options);
    }
}
