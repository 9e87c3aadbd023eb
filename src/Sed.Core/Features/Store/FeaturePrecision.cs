namespace Sed.Core.Features.Store;

/// <summary>How a feature store keeps one value.</summary>
public enum FeaturePrecision
{
    /// <summary>Four bytes; equal to the direct computation bit for bit.</summary>
    Float32,

    /// <summary>Two bytes; rounded to 11 significant bits, 0.016 at a logarithm of -36.</summary>
    Float16,
}
