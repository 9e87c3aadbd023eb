using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.Store;

/// <summary>Number format of the values in a feature store.</summary>
public enum FeaturePrecision
{
    /// <summary>Four bytes per value; bit-identical to the computed features.</summary>
    [Key("float32")]
    Float32,

    /// <summary>
    /// Two bytes per value, rounded to 11 significant bits; the error is at most 0.016 at a logarithm of -36.
    /// </summary>
    [Key("float16")]
    Float16,
}
