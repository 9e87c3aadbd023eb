using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.LogMel;

/// <summary>Spectrum to which the mel filters are applied.</summary>
public enum SpectrumKind
{
    /// <summary>Magnitudes.</summary>
    [Key("magnitude")]
    Magnitude,

    /// <summary>Squared magnitudes.</summary>
    [Key("power")]
    Power,
}
