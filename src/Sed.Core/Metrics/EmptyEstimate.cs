namespace Sed.Core.Metrics;

/// <summary>The precision where the estimate has nothing at all.</summary>
public enum EmptyEstimate
{
    /// <summary>Undefined, and with it the F-measure (sed_eval's default).</summary>
    Undefined,

    /// <summary>Zero (sed_eval's empty_system_output_handling = "zero_score").</summary>
    ZeroPrecision,
}
