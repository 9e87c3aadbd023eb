using Sed.Core.Metrics.Counts;

namespace Sed.Core.Scoring;

/// <summary>Rates as tables show them.</summary>
internal static class RateValue
{
    /// <summary>The value; 0 where it is undefined, for example because nothing was detected.</summary>
    public static double OrZero(this Rate rate) => rate.IsDefined ? rate.Value : 0;
}
