namespace Sed.Core.Features;

/// <summary>How the logarithm is kept finite in silence.</summary>
public enum LogFloorKind
{
    /// <summary>ln(x + floor).</summary>
    Add,

    /// <summary>ln(max(x, floor)).</summary>
    Clamp,
}
