using MathNet.Numerics.RootFinding;

namespace Sed.Core.Detection.Calibrations;

/// <summary>
/// Temperature scaling (Guo et al. 2017): the temperature with the smallest negative log-likelihood of the labels.
/// </summary>
public static class TemperatureScaling
{
    /// <summary>Lower limit of the fitted temperature.</summary>
    public const double Smallest = 0.01;

    /// <summary>Upper limit of the fitted temperature.</summary>
    public const double Largest = 100;

    private const double Accuracy = 1e-12;
    private const int MostSteps = 200;

    /// <summary>
    /// Fits the temperature. The negative log-likelihood is convex in the inverse of the temperature, so its derivative
    /// has at most one root, which is found by Brent's method. Without a root between <see cref="Smallest"/> and
    /// <see cref="Largest"/>, the result is whichever of them has the smaller negative log-likelihood.
    /// </summary>
    /// <param name="predictions">
    /// Pairs of a predicted probability and whether the class is present; at least one pair.
    /// </param>
    /// <exception cref="ArgumentException">There are no predictions.</exception>
    public static ProbabilityMap.Temperature Fit(IReadOnlyCollection<(float Probability, bool IsPositive)> predictions)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Count == 0)
            throw new ArgumentException("There are no predictions.", nameof(predictions));
        var logits = new double[predictions.Count];
        var labels = new bool[predictions.Count];
        var at = 0;
        foreach (var (probability, isPositive) in predictions)
        {
            logits[at] = ProbabilityMap.Temperature.Logit(probability);
            labels[at++] = isPositive;
        }
        return new ProbabilityMap.Temperature(1 / InverseTemperature(logits, labels));
    }

    private static double InverseTemperature(double[] logits, bool[] labels)
    {
        const double Least = 1 / Largest;
        const double Most = 1 / Smallest;
        // The derivative rises, so it has no root between the limits if it is positive at the smallest value or negative at
        // the largest one.
        if (Derivative(Least) >= 0)
            return Least;
        if (Derivative(Most) <= 0)
            return Most;
        return Brent.FindRoot(Derivative, Least, Most, Accuracy, MostSteps);

        // Derivative of the mean negative log-likelihood with respect to the inverse of the temperature.
        double Derivative(double inverse)
        {
            var sum = 0.0;
            for (var k = 0; k < logits.Length; k++)
                sum += ((1 / (1 + Math.Exp(-inverse * logits[k]))) - (labels[k] ? 1 : 0)) * logits[k];
            return sum / logits.Length;
        }
    }
}
