using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.LogMel;

/// <summary>Kind of logarithm of a band's value.</summary>
public enum LogarithmKind
{
    /// <summary>ln(x).</summary>
    [Key("natural")]
    Natural,

    /// <summary>Decibels: 20 log10(x) for magnitudes, 10 log10(x) for powers.</summary>
    [Key("decibel")]
    Decibel,
}
