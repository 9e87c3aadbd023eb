namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>Sizes of a convolution.</summary>
/// <param name="KernelFrames">Frames that a kernel covers, odd.</param>
/// <param name="KernelBins">Bins that a kernel covers, odd.</param>
/// <param name="Bins">Bins, in and out.</param>
/// <param name="Channels">Values of a bin that come in.</param>
/// <param name="Filters">Values of a bin that go out.</param>
internal readonly record struct ConvolutionSize(int KernelFrames, int KernelBins, int Bins, int Channels, int Filters)
{
    /// <summary>Places of a kernel.</summary>
    public int Taps => KernelFrames * KernelBins;

    /// <summary>Floats of the kernels.</summary>
    public long KernelFloats => (long)Taps * Channels * Filters;

    /// <summary>The convolution that carries gradients back.</summary>
    public ConvolutionSize Mirrored => this with { Channels = Filters, Filters = Channels };
}
