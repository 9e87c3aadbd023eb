namespace Sed.Core.Features;

/// <summary>How frequency maps to mel.</summary>
public enum MelScale
{
    /// <summary>Linear to 1 kHz, logarithmic above (M. Slaney, "Auditory Toolbox", 1998).</summary>
    Slaney,

    /// <summary>2595 log10(1 + f / 700) (S. Young et al., "The HTK Book").</summary>
    Htk,
}
