using MathNet.Numerics.Distributions;

namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// The 95 % interval of a share: quantiles of the posterior Beta distribution for Jeffreys' prior (Brown, Cai and
/// DasGupta 2001). The interval begins at 0 if the count is 0, and ends at 1 if the count equals the number of
/// observations.
/// </summary>
public static class BinomialInterval
{
    private const double Tail = 0.025;
    private const double Prior = 0.5;

    /// <summary>The share and its interval.</summary>
    /// <param name="count">The number of successes, from 0 to <paramref name="of"/>; need not be whole.</param>
    /// <param name="of">The number of observations; need not be whole. If it is 0, the share is undefined.</param>
    public static Estimate Of(double count, double of)
    {
        if (!(of >= 0) || !(count >= 0) || count > of)
            throw new ArgumentOutOfRangeException(nameof(count), count, $"The count must lie between 0 and {of}.");
        if (of == 0)
            return new(double.NaN, 0, 1);
        var (present, absent) = (count + Prior, of - count + Prior);
        return new(
            count / of,
            count == 0 ? 0 : Beta.InvCDF(present, absent, Tail),
            count == of ? 1 : Beta.InvCDF(present, absent, 1 - Tail)
        );
    }
}
