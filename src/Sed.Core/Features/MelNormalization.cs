namespace Sed.Core.Features;

/// <summary>How the triangular filters are scaled.</summary>
public enum MelNormalization
{
    /// <summary>Equal area: divided by half the filter's width in Hz (Slaney).</summary>
    Area,

    /// <summary>Peak of 1.</summary>
    None,
}
