using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.LogMel;

/// <summary>Normalisation of the triangular filters.</summary>
public enum MelNormalization
{
    /// <summary>Equal area: each filter is divided by half its width in Hz (Slaney).</summary>
    [Key("area")]
    Area,

    /// <summary>Peak of 1.</summary>
    [Key("none")]
    None,
}
