using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.LogMel;

/// <summary>The mel scale.</summary>
public enum MelScale
{
    /// <summary>Linear to 1 kHz, logarithmic above (M. Slaney, "Auditory Toolbox", 1998).</summary>
    [Key("slaney")]
    Slaney,

    /// <summary>2595 log10(1 + f / 700) (S. Young et al., "The HTK Book").</summary>
    [Key("htk")]
    Htk,

    /// <summary>
    /// The scale of <see cref="Htk"/>, with filters that are triangular on the mel axis instead of the Hz axis, as in
    /// Kaldi (Povey et al. 2011) and torchaudio's compliance.kaldi.
    /// </summary>
    [Key("kaldi")]
    Kaldi,
}
