namespace Sed.Core.Features;

/// <summary>What the filters add up.</summary>
public enum SpectrumKind
{
    /// <summary>Magnitudes.</summary>
    Magnitude,

    /// <summary>Squared magnitudes.</summary>
    Power,
}
