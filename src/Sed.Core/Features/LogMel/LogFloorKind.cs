using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.LogMel;

/// <summary>How <see cref="LogMelOptions.LogFloor"/> keeps the logarithm finite in silence.</summary>
public enum LogFloorKind
{
    /// <summary>ln(x + floor).</summary>
    [Key("add")]
    Add,

    /// <summary>ln(max(x, floor)).</summary>
    [Key("clamp")]
    Clamp,
}
