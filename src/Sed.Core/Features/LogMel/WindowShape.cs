using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.LogMel;

/// <summary>
/// Shape of the analysis window of N samples. The period is N samples for periodic and N - 1 samples for symmetric
/// windows.
/// </summary>
public enum WindowShape
{
    /// <summary>0.54 - 0.46 cos(2 pi n / N).</summary>
    [Key("hammingPeriodic")]
    HammingPeriodic,

    /// <summary>0.54 - 0.46 cos(2 pi n / (N - 1)).</summary>
    [Key("hammingSymmetric")]
    HammingSymmetric,

    /// <summary>0.5 - 0.5 cos(2 pi n / N).</summary>
    [Key("hannPeriodic")]
    HannPeriodic,

    /// <summary>0.5 - 0.5 cos(2 pi n / (N - 1)).</summary>
    [Key("hannSymmetric")]
    HannSymmetric,
}
