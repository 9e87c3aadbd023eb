namespace Sed.Core.Metrics.Thresholds;

/// <summary>Times in whole microseconds, in which times are compared: a sum must not fail a criterion for its rounding.</summary>
internal static class Microseconds
{
    public static double Of(double seconds) => Math.Round(seconds * 1e6);
}
