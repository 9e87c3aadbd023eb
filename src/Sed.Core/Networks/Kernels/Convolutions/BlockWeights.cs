namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>Where a convolution block's parameters lie, or their gradients, in torch's layouts.</summary>
/// <param name="Kernel">(filters, channels, 3, 3).</param>
/// <param name="Bias">(filters).</param>
/// <param name="Scale">Weight of the batch normalisation, (filters).</param>
/// <param name="Shift">Bias of the batch normalisation, (filters).</param>
internal readonly unsafe record struct BlockWeights(nint Kernel, nint Bias, nint Scale, nint Shift)
{
    /// <summary>The kernel as floats.</summary>
    public float* KernelFloats => (float*)Kernel;

    /// <summary>The convolution's bias as floats.</summary>
    public float* BiasFloats => (float*)Bias;

    /// <summary>The normalisation's weight as floats.</summary>
    public float* ScaleFloats => (float*)Scale;

    /// <summary>The normalisation's bias as floats.</summary>
    public float* ShiftFloats => (float*)Shift;
}
