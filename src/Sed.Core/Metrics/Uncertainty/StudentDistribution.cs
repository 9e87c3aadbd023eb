using MathNet.Numerics.Distributions;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>Tail probabilities, critical values and degrees of freedom of Student's t distribution.</summary>
public static class StudentDistribution
{
    /// <summary>The probability that t exceeds a value.</summary>
    /// <param name="statistic">The value.</param>
    /// <param name="freedom">Degrees of freedom, positive.</param>
    public static double Tail(double statistic, double freedom) => StudentT.CDF(0, 1, freedom, -statistic);

    /// <summary>
    /// The value that t exceeds with the given probability. Newton's method solves for the logarithm of t from the
    /// logarithm of the probability. MathNet's quantile function does not converge for the small probabilities of
    /// corrected tests.
    /// </summary>
    /// <param name="tail">The probability, between 0 and 0.5.</param>
    /// <param name="freedom">Degrees of freedom, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The probability or the degrees of freedom are out of range.
    /// </exception>
    public static double Critical(double tail, double freedom)
    {
        if (!(tail is > 0 and < 0.5))
            throw new ArgumentOutOfRangeException(nameof(tail), tail, "The probability must lie between 0 and 0.5.");
        if (!(freedom > 0))
            throw new ArgumentOutOfRangeException(nameof(freedom), freedom, "Degrees of freedom must be positive.");
        var t = -Normal.InvCDF(0, 1, tail);
        for (var step = 0; step < 100; step++)
        {
            var own = Tail(t, freedom);
            var change = Math.Log(own / tail) * own / (t * StudentT.PDF(0, 1, freedom, t));
            t *= Math.Exp(change);
            if (Math.Abs(change) < 1e-9)
                break;
        }
        return t;
    }

    /// <summary>The degrees of freedom of the sum of two independent variances (Satterthwaite 1946).</summary>
    /// <param name="first">A variance, at least 0.</param>
    /// <param name="firstFreedom">Degrees of freedom of the first variance.</param>
    /// <param name="second">The other variance; the sum is positive.</param>
    /// <param name="secondFreedom">Degrees of freedom of the other variance.</param>
    public static double FreedomOfSum(double first, double firstFreedom, double second, double secondFreedom)
    {
        var sum = first + second;
        return sum * sum / (first * first / firstFreedom + second * second / secondFreedom);
    }
}
