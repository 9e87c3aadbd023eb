using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>One convolution block: convolution, batch normalisation, ReLU, max-pooling over rectangles, dropout.</summary>
/// <param name="Channels">Input channels: 1 for a network's first block; else a multiple of 16 where the kernels compute.</param>
/// <param name="Filters">Output channels; a multiple of 16 where the kernels compute.</param>
/// <param name="Bins">Frequency bins that come in.</param>
/// <param name="Pool">Bins per pooled bin; bins that do not fill one are left out, as torch does.</param>
/// <param name="Frames">Frames that come in.</param>
/// <param name="Epsilon">Added to the variance (batch normalisation).</param>
/// <param name="Momentum">Weight of the new batch in the running statistics.</param>
/// <param name="Rate">Dropout rate after the block; 0 where it does not rectify.</param>
/// <param name="KernelFrames">Frames that a kernel covers, odd.</param>
/// <param name="KernelBins">Bins that a kernel covers, odd.</param>
/// <param name="Rectifies">Whether ReLU follows the normalisation.</param>
/// <param name="PoolFrames">Frames per pooled frame; frames that do not fill one are left out.</param>
internal sealed record BlockShape(
    int Channels,
    int Filters,
    int Bins,
    int Pool,
    int Frames,
    double Epsilon,
    double Momentum,
    double Rate,
    int KernelFrames = 3,
    int KernelBins = 3,
    bool Rectifies = true,
    int PoolFrames = 1
)
{
    /// <summary>The same block, its channels and filters widened; only the network's input stays as it is.</summary>
    public BlockShape Wider(bool isInput) =>
        this with
        {
            Channels = isInput ? Channels : Widened.Size(Channels),
            Filters = Widened.Size(Filters),
        };

    /// <summary>This block's kernel, or one of its vectors with a value for each filter, from one that may be narrower.</summary>
    public Tensor Wide(Tensor tensor) =>
        tensor.dim() == 4
            ? Widened.To(tensor, Filters, Channels, tensor.shape[2], tensor.shape[3])
            : Widened.To(tensor, Filters);

    /// <summary>The normalisation, with its parameters among those of the block.</summary>
    public NormalisationWeights Normalised(BlockWeights weights) =>
        new(Filters, Epsilon, Momentum, weights.Scale, weights.Shift);

    /// <summary>Frequency bins that go out.</summary>
    public int PooledBins => Bins / Pool;

    /// <summary>Frames that go out.</summary>
    public int PooledFrames => Frames / PoolFrames;

    /// <summary>Whether one value goes out for several.</summary>
    public bool Pools => Pool > 1 || PoolFrames > 1;

    /// <summary>Frames of zeros before and after a clip that comes in.</summary>
    public int Border => KernelFrames / 2;

    /// <summary>Floats of one input clip, with the zero frames before and after.</summary>
    public long InputFloats => (Frames + 2L * Border) * Bins * Channels;

    /// <summary>The convolution.</summary>
    public ConvolutionSize Convolution => new(KernelFrames, KernelBins, Bins, Channels, Filters);

    /// <summary>Floats of one clip before pooling.</summary>
    public long RawFloats => (long)Frames * Bins * Filters;

    /// <summary>Floats of one output clip, without the zero frames.</summary>
    public long PooledFloats => (long)PooledFrames * PooledBins * Filters;
}
