using System.Collections.Immutable;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Psds;

/// <summary>PSDS from frame scores over all thresholds, exactly (sed_scores_eval 0.0.4; Ebbers et al. 2022).</summary>
public sealed class ExactPsds : PreparedPsds
{
    private readonly ScorePairs pairs;
    private readonly PsdsOptions options;
    private readonly int[] classes;
    private readonly ScoreRows rows;
    private readonly IntersectionChanges collector;
    private readonly ChangeList list = new();

    // Changes of each class above its floor, sorted; null until they are needed.
    private readonly Change[]?[] changes;
    private readonly PsdsFloor[] floors;

    // Maximum score by class and file.
    private readonly double[][] largest;

    // Number and summed length of the reference events by class and file.
    private readonly int[][] references;
    private readonly double[][] lengths;

    // Annotated time by class and file, in seconds.
    private readonly double[][] seconds;

    private ExactPsds(ScorePairs pairs, PsdsOptions options, double reserve, double medianSeconds)
        : base(pairs.Scores.Files)
    {
        this.pairs = pairs;
        this.options = options;
        rows = new ScoreRows(pairs, medianSeconds);
        collector = new IntersectionChanges(pairs, options, options.CrossTriggerWeight > 0, rows);
        var all = Enumerable.Range(0, pairs.Classes.Count).ToArray();
        references = [.. all.Select(k => PerFile(file => pairs.EventsOf(file, k).Length))];
        lengths = [.. all.Select(k => PerFile(file => LengthOf(pairs.EventsOf(file, k))))];
        double[] whole = [.. pairs.Seconds];
        seconds = [.. all.Select(k => pairs.IsFullyKnown ? whole : PerFile(file => pairs.KnownSecondsOf(file, k)))];
        classes = [.. all.Where(k => references[k].Any(count => count > 0))];
        changes = new Change[pairs.Classes.Count][];
        largest = new double[pairs.Classes.Count][];
        floors = new PsdsFloor[pairs.Classes.Count];
        foreach (var k in classes)
        {
            largest[k] = PerFile(file => rows.Largest(file, k));
            floors[k] = PsdsFloor.Of(pairs, options, collector, k, largest[k], reserve);
            // Filtered scores are kept for one class at a time.
            if (medianSeconds > 0)
                changes[k] = Collect(k);
        }
        rows.Forget();
    }

    /// <summary>Prepares PSDS for the full set of files.</summary>
    /// <param name="pairs">Frame scores and reference.</param>
    /// <param name="options">The parameters of PSDS.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public static ExactPsds Prepare(ScorePairs pairs, PsdsOptions options) => Prepare(pairs, options, 1, 0);

    /// <summary>Prepares PSDS for resamples, which need somewhat lower thresholds than the full set of files.</summary>
    /// <inheritdoc cref="Prepare(ScorePairs, PsdsOptions)"/>
    public static ExactPsds PrepareForResampling(ScorePairs pairs, PsdsOptions options) =>
        Prepare(pairs, options, 2, 0);

    /// <summary>Prepares PSDS of the scores after a median filter (<see cref="TimeMedian"/>) for resamples.</summary>
    internal static ExactPsds PrepareFiltered(ScorePairs pairs, PsdsOptions options, double medianSeconds) =>
        Prepare(pairs, options, 2, medianSeconds);

    private static ExactPsds Prepare(ScorePairs pairs, PsdsOptions options, double reserve, double medianSeconds)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return new ExactPsds(pairs, options, reserve, medianSeconds);
    }

    /// <inheritdoc />
    public override PsdsResult Evaluate(ReadOnlySpan<int> weights)
    {
        RequireWeights(weights);
        var counted = Counted(weights);
        return Combine(counted, Rocs(counted, weights));
    }

    /// <summary>The classes that have reference events in a weighted set of files, by position.</summary>
    internal List<int> Counted(ReadOnlySpan<int> weights)
    {
        List<int> counted = [];
        foreach (var k in classes)
            if (Weighted(references[k], weights) > 0)
                counted.Add(k);
        return counted;
    }

    /// <summary>The curve of each counted class.</summary>
    internal List<ImmutableArray<RocPoint>> Rocs(List<int> counted, ReadOnlySpan<int> weights)
    {
        var otherLengths = new double[pairs.Classes.Count];
        foreach (var k in counted)
            otherLengths[k] = Weighted(lengths[k], weights);
        PsdsSweep sweep = new(options, counted, otherLengths);
        List<ImmutableArray<RocPoint>> rocs = [];
        foreach (var k in counted)
        {
            var total = Weighted(seconds[k], weights);
            rocs.Add(sweep.Run(ChangesOf(k, weights, total), k, Weighted(references[k], weights), total, weights));
        }
        return rocs;
    }

    /// <summary>PSDS from the curves of the counted classes.</summary>
    internal PsdsResult Combine(List<int> counted, List<ImmutableArray<RocPoint>> rocs)
    {
        if (counted.Count == 0)
            return PsdsResult.Of(pairs.Classes, [], [], [], options);
        var combined = PsdRoc.Combine(
            rocs,
            rocs.SelectMany(roc => roc.Select(point => point.FalsePositiveRate)),
            options.InstabilityWeight
        );
        combined = combined.Add(new RocPoint(options.MaxEffectiveFalsePositiveRate, combined[^1].TruePositiveRate));
        return PsdsResult.Of(pairs.Classes, counted, rocs, combined, options);
    }

    /// <summary>The changes of a class, down to the lowest score that these weights need.</summary>
    private Change[] ChangesOf(int k, ReadOnlySpan<int> weights, double total)
    {
        if (!floors[k].Suffices(weights, total, options))
        {
            floors[k] = PsdsFloor.None;
            changes[k] = null;
        }
        if (changes[k] is null)
        {
            changes[k] = Collect(k);
            rows.Forget();
        }
        return changes[k]!;
    }

    private Change[] Collect(int k)
    {
        list.Clear();
        for (var file = 0; file < pairs.Count; file++)
            if (largest[k][file] > floors[k].Score)
                collector.Add(file, k, floors[k].Score, list);
        list.Sort();
        return list.Items.ToArray();
    }

    private T[] PerFile<T>(Func<int, T> value) => [.. Enumerable.Range(0, pairs.Count).Select(value)];

    private static double LengthOf(ReadOnlySpan<CodedEvent> events)
    {
        var sum = 0.0;
        foreach (var truth in events)
            sum += truth.Offset - truth.Onset;
        return sum;
    }

    private static long Weighted(int[] values, ReadOnlySpan<int> weights)
    {
        long sum = 0;
        for (var file = 0; file < values.Length; file++)
            sum += (long)weights[file] * values[file];
        return sum;
    }

    private static double Weighted(double[] values, ReadOnlySpan<int> weights)
    {
        var sum = 0.0;
        for (var file = 0; file < values.Length; file++)
            sum += weights[file] * values[file];
        return sum;
    }
}
