using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.Store;

/// <summary>How a feature store keeps one value.</summary>
public enum FeaturePrecision
{
    /// <summary>Four bytes; equal to the direct computation bit for bit.</summary>
    [Key("float32")]
    Float32,

    /// <summary>Two bytes; rounded to 11 significant bits, 0.016 at a logarithm of -36.</summary>
    [Key("float16")]
    Float16,
}
