namespace Sed.Core.Features;

/// <summary>The window; periodic ones have a period of the window's length, symmetric ones of one sample less.</summary>
public enum WindowShape
{
    /// <summary>0.54 - 0.46 cos(2 pi n / N).</summary>
    HammingPeriodic,

    /// <summary>0.54 - 0.46 cos(2 pi n / (N - 1)).</summary>
    HammingSymmetric,

    /// <summary>0.5 - 0.5 cos(2 pi n / N).</summary>
    HannPeriodic,

    /// <summary>0.5 - 0.5 cos(2 pi n / (N - 1)).</summary>
    HannSymmetric,
}
