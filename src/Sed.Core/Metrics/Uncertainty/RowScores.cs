using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>
/// The values of a metric for the trials of a table row, on all clips and on bootstrap resamples. All trials have the
/// same configuration, the same clips and the same resamples. Immutable.
/// </summary>
/// <remarks>
/// With T trials, the variance of their mean is the sum of two parts. The first is the variance due to the clips, as far as
/// it is common to all training runs: the bootstrap variance of the mean minus the part that is specific to single
/// trials. The second is s²/T, where s² is the sample variance over the trials, which includes the specific part. With
/// one trial, only the variance due to the clips is known, so intervals and comparisons apply to one trained network.
/// </remarks>
public sealed class RowScores
{
    private readonly double[] values; // per trial, on all clips
    private readonly double[][] resamples; // (trials, resamples)
    private readonly double[] means; // mean over trials, per resample
    private readonly double trialsOverClips; // the part of the variance over trials that is due to the clips
    private readonly string? trainings; // null: shared with no other row
    private readonly SamplingUnits units;
    private readonly int fewestUnits;

    private RowScores(double[] values, double[][] resamples, string? trainings, SamplingUnits units, int fewestUnits)
    {
        (this.values, this.resamples, this.trainings) = (values, resamples, trainings);
        (this.units, this.fewestUnits) = (units, fewestUnits);
        Mean = Same(values) ? values[0] : values.Average();
        means = MeansOf(resamples);
        trialsOverClips =
            resamples.Length == 1
                ? 0
                : resamples.Sum(own => Moments.Of([.. own.Zip(means, Resampled.Difference)], units.Count).Variance)
                    / (resamples.Length - 1);
    }

    /// <summary>Creates the scores of a row.</summary>
    /// <param name="trials">
    /// Each trial's metrics on the same clips, resampled with the same options; at least one.
    /// </param>
    /// <param name="metric">The metric's name; its value is defined for every trial.</param>
    /// <param name="trainings">
    /// Keys of the trials' training runs. Rows with equal training runs, which differ only in decoding, are compared as
    /// pairs of trials. Default null: the row shares no training runs with other rows.
    /// </param>
    /// <param name="fewestUnits">Minimum number of independent units for intervals and comparisons. Default 10.</param>
    /// <exception cref="ArgumentException">
    /// There are no trials, or the metric is missing or undefined for a trial.
    /// </exception>
    public static RowScores Of(
        IReadOnlyList<Resampled> trials,
        string metric,
        IReadOnlyList<string>? trainings = null,
        int fewestUnits = StudentInterval.FewestUnits
    )
    {
        ArgumentNullException.ThrowIfNull(trials);
        if (trials.Count == 0)
            throw new ArgumentException("A row needs at least one trial.", nameof(trials));
        var all = trials.Select(trial => trial.Of(metric)).ToArray();
        if (all.FirstOrDefault(one => !one.Whole.IsDefined) is { Whole.Why: { } why })
            throw new ArgumentException($"{metric}: {why}.", nameof(trials));
        return new RowScores(
            [.. all.Select(one => one.Whole.Value)],
            [.. all.Select(one => one.Resamples)],
            trainings is null ? null : string.Join('\n', trainings),
            trials[0].Units,
            fewestUnits
        );
    }

    /// <summary>The mean over trials.</summary>
    public double Mean { get; }

    /// <summary>Number of trials.</summary>
    public int Trials => values.Length;

    /// <summary>The sample standard deviation over trials; null for one trial and for infinite values.</summary>
    public double? Deviation =>
        Trials > 1 && Math.Sqrt(TrialVariance) is var deviation && double.IsFinite(deviation) ? deviation : null;

    /// <summary>
    /// The 95 % confidence interval: over clips and training runs for several trials, and over clips for one trial.
    /// Undefined, with the reason, if no reliable interval can be computed, for example with too few clips.
    /// </summary>
    public (Rate Low, Rate High) Interval() => Student().Limits();

    /// <summary>
    /// Compares this row with another row on the same clips. A row with one trial is compared only with rows with one
    /// trial.
    /// </summary>
    /// <param name="reference">The other row, with the same clips and resampling options.</param>
    public RowComparison CompareWith(RowScores reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var compared = (Trials, reference.Trials) switch
        {
            (1, 1) => Compared.Networks,
            (> 1, > 1) => Compared.Recipes,
            _ => Compared.Nothing,
        };
        var difference = Resampled.Difference(Mean, reference.Mean);
        if (compared == Compared.Nothing)
        {
            var none = Rate.Undefined(
                "one of the two rows has only one trial, so its configuration cannot be compared"
            );
            return new RowComparison(difference, none, none, none, compared);
        }
        var student =
            trainings is not null && trainings == reference.trainings && Trials == reference.Trials
                ? Paired(reference).Student() with
                {
                    IsDifference = true,
                }
                : Unpaired(reference, difference);
        var (low, high) = student.Limits();
        return new RowComparison(difference, low, high, student.PValue(), compared)
        {
            StandardError = student.StandardError,
        };
    }

    private double TrialVariance =>
        Same(values) ? 0 : values.Sum(value => (value - Mean) * (value - Mean)) / (Trials - 1);

    /// <summary>The variance of the mean over trials that is due to the training runs.</summary>
    private double Trainings => Trials > 1 ? TrialVariance / Trials : 0;

    private double SquaredBias => Math.Pow(Moments.Of(means, units.Count).BiasOf(Mean), 2);

    private double TrainingsOverClips => trialsOverClips / Trials;

    private StudentInterval Student()
    {
        var moments = Moments.Of(means, units.Count);
        return new StudentInterval(Mean, moments)
        {
            Clips = Math.Max(0, moments.Variance - TrainingsOverClips),
            Trainings = Trainings,
            TrainingFreedom = Math.Max(1, Trials - 1),
            Fewest = fewestUnits,
        };
    }

    private RowScores Paired(RowScores reference) =>
        new(
            [.. values.Zip(reference.values, Resampled.Difference)],
            [.. resamples.Zip(reference.resamples, (own, other) => own.Zip(other, Resampled.Difference).ToArray())],
            null,
            units,
            fewestUnits
        );

    private StudentInterval Unpaired(RowScores reference, double difference)
    {
        var moments = Moments.Of([.. means.Zip(reference.means, Resampled.Difference)], units.Count);
        var (own, other) = (Trainings, reference.Trainings);
        return new StudentInterval(
            double.IsNaN(difference) ? Rate.Undefined("a value is infinite") : difference,
            moments
        )
        {
            Clips = Math.Max(0, moments.Variance - TrainingsOverClips - reference.TrainingsOverClips),
            Trainings = own + other,
            TrainingFreedom =
                own + other > 0
                    ? StudentDistribution.FreedomOfSum(
                        own,
                        Math.Max(1, Trials - 1),
                        other,
                        Math.Max(1, reference.Trials - 1)
                    )
                    : 1,
            SquaredBias = SquaredBias + reference.SquaredBias,
            Fewest = fewestUnits,
            IsDifference = true,
        };
    }

    private static double[] MeansOf(double[][] resamples)
    {
        if (resamples.Length == 1)
            return resamples[0];
        var means = new double[resamples[0].Length];
        foreach (var own in resamples)
            for (var sample = 0; sample < means.Length; sample++)
                means[sample] += own[sample] / resamples.Length;
        return means;
    }

    private static bool Same(double[] values) => Array.TrueForAll(values, value => value == values[0]);
}

/// <summary>What a comparison of two rows applies to.</summary>
public enum Compared
{
    /// <summary>No comparison: one of the rows has a single trial.</summary>
    Nothing,

    /// <summary>
    /// Two trained networks are compared: the result applies to other clips, but not to other training runs.
    /// </summary>
    Networks,

    /// <summary>Two configurations are compared: the result applies to other clips and to other training runs.</summary>
    Recipes,
}

/// <summary>The comparison of a row with another row.</summary>
/// <param name="Difference">The mean of the row minus the mean of the other row.</param>
/// <param name="Low">
/// The lower limit of the 95 % confidence interval; undefined, with the reason, if there is none.
/// </param>
/// <param name="High">The upper limit.</param>
/// <param name="PValue">The two-sided p-value; undefined if there is no interval.</param>
/// <param name="Compared">What the comparison applies to: networks, configurations or nothing.</param>
public sealed record RowComparison(double Difference, Rate Low, Rate High, Rate PValue, Compared Compared)
{
    /// <summary>The standard error of the difference; NaN if nothing is compared.</summary>
    public double StandardError { get; init; } = double.NaN;

    /// <summary>The p-value corrected for the number of comparisons. Default: the uncorrected p-value.</summary>
    public Rate Adjusted { get; init; } = PValue;

    /// <summary>Whether the rows differ significantly: the corrected p-value is at most 5 %.</summary>
    public bool Differs => Adjusted is { IsDefined: true, Value: <= RowComparisons.Level };

    /// <summary>The reason why the rows cannot be compared; null if they can be compared.</summary>
    public string? WhyNone => Adjusted.Why;
}

/// <summary>
/// Comparisons of the rows of a table, with p-values corrected by Holm's step-down procedure (Holm 1979).
/// </summary>
public static class RowComparisons
{
    /// <summary>The significance level of each family of comparisons: 5 %.</summary>
    public const double Level = 0.05;

    /// <summary>
    /// Compares all pairs of rows. This is required if the reference is the row with the best score, because a row that
    /// is selected by the same scores has an advantage. Hsu's multiple comparisons with the best (1996) are not used,
    /// because they do not bound the rate of false positives if all rows are equal.
    /// </summary>
    /// <returns>The comparison of each ordered pair of indices in <paramref name="rows"/>.</returns>
    public static IReadOnlyDictionary<(int Row, int Reference), RowComparison> AllPairs(IReadOnlyList<RowScores> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        List<(int Row, int Reference)> pairs = [];
        for (var row = 1; row < rows.Count; row++)
        for (var reference = 0; reference < row; reference++)
            pairs.Add((row, reference));
        var compared = Corrected([.. pairs.Select(pair => rows[pair.Row].CompareWith(rows[pair.Reference]))]);
        Dictionary<(int, int), RowComparison> all = [];
        foreach (var (pair, one) in pairs.Zip(compared))
        {
            all[pair] = one;
            all[(pair.Reference, pair.Row)] = one with
            {
                Difference = -one.Difference,
                Low = Negative(one.High),
                High = Negative(one.Low),
            };
        }
        return all;
    }

    /// <summary>Compares each row with a reference that was fixed before the results were known.</summary>
    /// <returns>The comparisons, in the order of <paramref name="rows"/>.</returns>
    public static IReadOnlyList<RowComparison> With(RowScores reference, IReadOnlyList<RowScores> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Corrected([.. rows.Select(row => row.CompareWith(reference))]);
    }

    /// <summary>
    /// Corrects p-values by Holm's procedure. The result is in the order of <paramref name="pValues"/>.
    /// </summary>
    public static IReadOnlyList<double> Holm(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        var corrected = new double[pValues.Count];
        var largest = 0.0;
        foreach (var (rank, (place, p)) in pValues.Index().OrderBy(one => one.Item).Index())
            corrected[place] = largest = Math.Max(largest, Math.Min(1, (pValues.Count - rank) * p));
        return corrected;
    }

    private static RowComparison[] Corrected(RowComparison[] comparisons)
    {
        int[] places = [.. Enumerable.Range(0, comparisons.Length).Where(k => comparisons[k].PValue.IsDefined)];
        var corrected = Holm([.. places.Select(place => comparisons[place].PValue.Value)]);
        foreach (var (place, p) in places.Zip(corrected))
            comparisons[place] = comparisons[place] with { Adjusted = p };
        return comparisons;
    }

    private static Rate Negative(Rate rate) => rate.IsDefined ? -rate.Value : rate;
}
