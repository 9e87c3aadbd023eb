using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>
/// Student's t interval and test of a score, or of a difference of scores, with two variance components: over clips,
/// from the bootstrap, and over training runs. The bias that the bootstrap estimates is subtracted. This gives the centre of
/// the basic (reflected) interval (Davison and Hinkley 1997, section 5.2) and makes the interval valid for metrics that
/// are not linear in the clips, such as mAP.
/// </summary>
/// <remarks>
/// The bias is an estimate, so subtracting it makes the value less precise. The square of the bias is therefore added
/// to the variance, as in the root mean square error of Efron and Tibshirani (1993, section 10.3). For a difference
/// between two rows of a results table, the biases nearly cancel, but the errors of the two estimates do not, so the
/// squares of both biases are added. For metrics that are linear in the clips, the expected addition is the variance
/// divided by the number of resamples. The variances have different degrees of freedom. The critical value of
/// Satterthwaite (1946) is too small for two training runs. The critical value of Cochran and Cox (1957, section 4.14)
/// is the mean of both t values, weighted by the variances; it is slightly too large. An interval uses the mean of the
/// two critical values. A comparison uses the larger one, because corrections for multiple comparisons depend on the
/// tails. <c>Sed.Bench statistics</c> measures the coverage and the false-positive rate of these functions.
/// </remarks>
internal sealed record StudentInterval
{
    /// <summary>
    /// Minimum number of independent units (clips or recordings) that an interval needs if the metric is computed from
    /// summed counts.
    /// </summary>
    public const int FewestUnits = 10;

    /// <summary>
    /// Maximum bias at which an interval is given, in standard errors. Efron and Tibshirani (1993, section 10.3)
    /// neglect a bias below 0.25 standard errors. A larger bias, up to this maximum, is corrected well enough by
    /// subtraction.
    /// </summary>
    public const double LargestBias = 0.5;

    private readonly Moments moments;

    /// <param name="value">The score, or a difference of scores.</param>
    /// <param name="moments">Moments of the value's bootstrap resamples.</param>
    public StudentInterval(Rate value, Moments moments)
    {
        (Value, this.moments, Clips) = (value, moments, moments.Variance);
        SquaredBias = Bias * Bias;
    }

    /// <summary>The score, or a difference of scores.</summary>
    public Rate Value { get; }

    /// <summary>The variance component of the clips. Default: the variance of the resamples.</summary>
    public double Clips { get; init; }

    /// <summary>The variance component of the training runs. Default 0, for one trained network.</summary>
    public double Trainings { get; init; }

    /// <summary>Degrees of freedom of <see cref="Trainings"/>.</summary>
    public double TrainingFreedom { get; init; } = 1;

    /// <summary>
    /// The squared error that is assumed for the bias correction. Default: the square of the bias that is subtracted
    /// from the value. Set it to the sum of the squared biases of both rows if the value is a difference of two rows.
    /// </summary>
    public double SquaredBias { get; init; }

    /// <summary>Minimum number of independent units for an interval. Default: <see cref="FewestUnits"/>.</summary>
    public int Fewest { get; init; } = FewestUnits;

    /// <summary>Whether the value is a difference. Default false.</summary>
    public bool IsDifference { get; init; }

    /// <summary>The confidence level, between 0 and 1. Default 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>The reason why there is neither an interval nor a p-value; null if there are both.</summary>
    public string? WhyNone =>
        !Value.IsDefined ? Value.Why
        : !double.IsFinite(Value.Value) || !moments.AreFinite ? "a value is infinite"
        : moments.Count < 2 ? "fewer than two resamples have a value"
        : !double.IsFinite(SquaredBias) ? "a resample has an infinite value"
        : moments.Units < Fewest ? $"only {moments.Units} independent clips; an interval needs at least {Fewest}"
        : Sampling <= 0 ? "the value is the same in every resample"
        : Math.Abs(Bias) > LargestBias * Math.Sqrt(Sampling)
            ? "there are too few clips for this metric (its bootstrap bias exceeds half a standard error)"
        : null;

    /// <summary>The standard error of the value.</summary>
    public double StandardError => Math.Sqrt(Variance);

    private double Sampling => Clips + Trainings;

    private double OverClips => Clips + SquaredBias;

    private double Variance => OverClips + Trainings;

    private double Bias => moments.BiasOf(Value);

    /// <summary>
    /// The lower and the upper limit, which enclose the value. For a score, but not for a difference, the lower limit is at
    /// least 0 if no resample is negative, and the upper limit is at most 1 if all resamples lie between 0 and 1.
    /// </summary>
    public (Rate Low, Rate High) Limits()
    {
        if (WhyNone is { } why)
            return (Rate.Undefined(why), Rate.Undefined(why));
        var tail = (1 - Confidence) / 2;
        var critical = IsDifference ? CochranCox(tail) : (CochranCox(tail) + Satterthwaite(tail)) / 2;
        var half = critical * StandardError;
        var low = Math.Min(Value.Value - Bias - half, Value.Value);
        var high = Math.Max(Value.Value - Bias + half, Value.Value);
        // Resamples vary the clips only. Even if a difference is positive in all of them, another training run can reverse
        // its sign, so the limits of a difference are not cut off at 0.
        if (IsDifference)
            return (low, high);
        if (moments.Least >= 0)
            low = Math.Max(low, 0);
        if (moments is { Least: >= 0, Most: <= 1 })
            high = Math.Max(Math.Min(high, 1), Value.Value);
        return (low, high);
    }

    /// <summary>
    /// The two-sided p-value of the null hypothesis that the value is 0; 1 if the value is 0 in every resample.
    /// </summary>
    public Rate PValue()
    {
        if (Value is { IsDefined: true, Value: 0 } && moments is { Least: 0, Most: 0 })
            return 1;
        if (WhyNone is { } why)
            return Rate.Undefined(why);
        var statistic = Math.Abs(Value.Value - Bias) / StandardError;
        var (least, most) = (
            StudentDistribution.Tail(statistic, moments.Units - 1),
            StudentDistribution.Tail(statistic, TrainingFreedom)
        );
        if (Trainings <= 0)
            return 2 * least;
        if (OverClips <= 0)
            return 2 * most;
        // Half of the p-value lies between the tail probabilities of the t distributions of the two variance
        // components, so bisection finds it.
        var (from, to) = (Math.Log(Math.Max(Math.Min(least, most), 1e-300)), Math.Log(Math.Max(least, most)));
        for (var step = 0; step < 40 && to - from > 1e-3; step++)
        {
            var middle = (from + to) / 2;
            if (CochranCox(Math.Exp(middle)) > statistic)
                from = middle;
            else
                to = middle;
        }
        return 2 * Math.Exp(to);
    }

    private double CochranCox(double tail) =>
        (
            (OverClips > 0 ? OverClips * StudentDistribution.Critical(tail, moments.Units - 1) : 0)
            + (Trainings > 0 ? Trainings * StudentDistribution.Critical(tail, TrainingFreedom) : 0)
        ) / Variance;

    private double Satterthwaite(double tail) =>
        StudentDistribution.Critical(
            tail,
            StudentDistribution.FreedomOfSum(OverClips, moments.Units - 1, Trainings, TrainingFreedom)
        );
}

/// <summary>Moments and range of the values on bootstrap resamples; undefined values are left out.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Mean of the values.</param>
/// <param name="Variance">
/// Variance of the values, times n / (n - 1) for n units, because resamples of few units vary too little.
/// </param>
/// <param name="Least">The smallest value.</param>
/// <param name="Most">The largest value.</param>
/// <param name="Units">Number of sampling units.</param>
internal sealed record Moments(int Count, double Mean, double Variance, double Least, double Most, int Units)
{
    /// <summary>Whether all values are finite.</summary>
    public bool AreFinite => Count == 0 || (double.IsFinite(Least) && double.IsFinite(Most));

    /// <summary>The standard error over clips.</summary>
    public Rate StandardError =>
        Count < 2 ? Rate.Undefined("fewer than two resamples have a value")
        : !AreFinite ? Rate.Undefined("a resample has an infinite value")
        : Math.Sqrt(Variance);

    /// <summary>The bias of a value: the mean of its resamples minus the value.</summary>
    public double BiasOf(Rate value) => Mean - value.Value;

    public static Moments Of(IReadOnlyList<double> values, int units)
    {
        var (count, sum, least, most) = (0, 0.0, double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
            if (!double.IsNaN(value))
            {
                count++;
                sum += value;
                least = Math.Min(least, value);
                most = Math.Max(most, value);
            }
        var mean = least == most ? least : sum / count;
        var squares = 0.0;
        foreach (var value in values)
            if (!double.IsNaN(value))
                squares += (value - mean) * (value - mean);
        var correction = units > 1 ? (double)units / (units - 1) : 1;
        return new Moments(count, mean, squares / (count - 1) * correction, least, most, units);
    }
}
