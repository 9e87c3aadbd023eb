using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.LogMel;

/// <summary>Normalisation of the triangular filters.</summary>
public enum MelNormalization
{
    /// <summary>Equal area: divided by half the filter's width in Hz (Slaney).</summary>
    [Key("area")]
    Area,

    /// <summary>Peak of 1.</summary>
    [Key("none")]
    None,
}
