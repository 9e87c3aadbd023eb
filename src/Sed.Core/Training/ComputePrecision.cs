using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training;

/// <summary>With how many digits a network's outputs are computed in training. Everything else is float32.</summary>
public enum ComputePrecision
{
    /// <summary>24 bits of mantissa (ten in matrix products on GPUs that have them, TF32).</summary>
    [Key("float32")]
    Float32,

    /// <summary>
    /// 8 bits of mantissa in matrix products and convolutions: faster on GPUs, slower on most CPUs. Weights, loss, gradients,
    /// optimizer and evaluation stay float32.
    /// </summary>
    [Key("bFloat16")]
    BFloat16,
}
