using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Calibration;

/// <summary>
/// Predicted probabilities of each class and their labels, counted in 15 bins of equal width (Guo et al. 2017). The
/// counts of several clips can be added. Immutable.
/// </summary>
/// <remarks>
/// Bin m contains the probabilities above (m - 1)/15 and up to m/15; the first bin also contains 0. Probabilities are
/// summed in units of 2^-30, so that sums do not depend on their order.
/// </remarks>
public sealed class CalibrationCounts : ICounts<CalibrationCounts>
{
    /// <summary>Number of bins.</summary>
    public const int Bins = 15;

    private const int Width = 3; // predictions, positive labels and sum of the probabilities of each bin
    private const double Unit = 1L << 30;

    // The values of each bin of each class, followed by the number of scores that are not probabilities.
    private readonly long[] values;

    private CalibrationCounts(ClassList classes, long[] values)
    {
        Classes = classes;
        this.values = values;
    }

    /// <summary>The classes.</summary>
    public ClassList Classes { get; }

    /// <inheritdoc />
    public ReadOnlySpan<long> Values => values;

    /// <summary>The predictions of a class in a bin.</summary>
    /// <param name="classIndex">Position of the class.</param>
    /// <param name="bin">Position of the bin, 0 to 14.</param>
    public CalibrationBin this[int classIndex, int bin] => BinAt(((classIndex * Bins) + bin) * Width);

    /// <summary>The predictions of all classes in each bin.</summary>
    public IReadOnlyList<CalibrationBin> Pooled() =>
        [
            .. Enumerable
                .Range(0, Bins)
                .Select(bin =>
                    Enumerable
                        .Range(0, Classes.Count)
                        .Select(k => this[k, bin])
                        .Aggregate(default(CalibrationBin), (sum, one) => sum + one)
                ),
        ];

    /// <summary>
    /// Expected calibration error (ECE) of a class, 0 to 1: the mean over bins of the absolute difference between the mean
    /// probability and the fraction of positive labels, weighted by the number of predictions in the bin (Guo et al. 2017,
    /// equation 3, for the binary decision on the class).
    /// </summary>
    /// <param name="label">Label of one of the <see cref="Classes"/>.</param>
    public Rate Error(string label) => Error(Classes.IndexOf(label));

    /// <inheritdoc cref="Error(string)"/>
    /// <param name="classIndex">Position of the class.</param>
    public Rate Error(int classIndex)
    {
        if (values[^1] > 0)
            return Rate.Undefined("some scores are not probabilities from 0 to 1");
        var (predictions, sum) = (0L, 0.0);
        for (var bin = 0; bin < Bins; bin++)
        {
            var own = this[classIndex, bin];
            predictions += own.Predictions;
            sum += Math.Abs(own.Positives - own.SumOfProbabilities);
        }
        return predictions > 0 ? sum / predictions : Rate.Undefined("no prediction of the class has a known label");
    }

    /// <summary>
    /// The mean of the expected calibration errors of the classes (class-wise ECE; Kull et al. 2019). Classes for which
    /// no prediction has a known label are left out.
    /// </summary>
    public Rate MeanError()
    {
        var errors = Enumerable.Range(0, Classes.Count).Select(Error).ToArray();
        double[] defined = [.. errors.Where(error => error.IsDefined).Select(error => error.Value)];
        return defined.Length > 0 ? defined.Average()
            : errors.Length > 0 ? errors[0]
            : Rate.Undefined("there are no classes");
    }

    /// <inheritdoc />
    public CalibrationCounts With(ReadOnlySpan<long> values) => new(Classes, values.ToArray());

    /// <summary>The sum of both counts.</summary>
    /// <exception cref="ArgumentException">The classes differ.</exception>
    public static CalibrationCounts operator +(CalibrationCounts a, CalibrationCounts b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (!a.Classes.SequenceEqual(b.Classes))
            throw new ArgumentException("The counts are for different classes.");
        return new(a.Classes, Counting.Sum(a.values, b.values));
    }

    private CalibrationBin BinAt(int at) => new(values[at], values[at + 1], values[at + 2] / Unit);

    /// <summary>Collects the predictions of one clip.</summary>
    internal sealed class Builder(ClassList classes)
    {
        private readonly long[] values = new long[(classes.Count * Bins * Width) + 1];

        /// <summary>Adds a prediction.</summary>
        /// <param name="classIndex">Position of the class.</param>
        /// <param name="probability">The predicted probability.</param>
        /// <param name="isPositive">Whether the class is present.</param>
        public void Add(int classIndex, double probability, bool isPositive)
        {
            if (!(probability >= 0 && probability <= 1))
            {
                values[^1]++;
                return;
            }
            var bin = Math.Max((int)Math.Ceiling(probability * Bins) - 1, 0);
            var at = ((classIndex * Bins) + bin) * Width;
            values[at]++;
            values[at + 1] += isPositive ? 1 : 0;
            values[at + 2] += (long)Math.Round(probability * Unit);
        }

        public CalibrationCounts Build() => new(classes, [.. values]);
    }
}

/// <summary>The predictions in one bin of probability.</summary>
/// <param name="Predictions">Number of predictions.</param>
/// <param name="Positives">Number of predictions for which the class is present.</param>
/// <param name="SumOfProbabilities">Sum of the predicted probabilities.</param>
public readonly record struct CalibrationBin(long Predictions, long Positives, double SumOfProbabilities)
{
    /// <summary>Mean predicted probability; NaN without predictions.</summary>
    public double MeanProbability => SumOfProbabilities / Predictions;

    /// <summary>Fraction of the predictions for which the class is present; NaN without predictions.</summary>
    public double PositiveRate => (double)Positives / Predictions;

    /// <summary>Adds the predictions of two bins.</summary>
    public static CalibrationBin operator +(CalibrationBin a, CalibrationBin b) =>
        new(a.Predictions + b.Predictions, a.Positives + b.Positives, a.SumOfProbabilities + b.SumOfProbabilities);
}
