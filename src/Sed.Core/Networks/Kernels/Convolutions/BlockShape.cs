using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Sizes and hyperparameters of a convolution block: convolution, batch normalisation, ReLU, max-pooling, dropout.
/// </summary>
/// <param name="Channels">
/// Number of input channels. <see cref="Padded"/> rounds it up to a multiple of 16 for the CPU kernels, except for the
/// single channel of the network's input.
/// </param>
/// <param name="Filters">
/// Number of output channels. <see cref="Padded"/> rounds it up to a multiple of 16 for the CPU kernels.
/// </param>
/// <param name="Bins">Number of frequency bins of the input.</param>
/// <param name="Pool">
/// Pooling size along frequency. As in torch, bins that do not fill a pooled bin are dropped.
/// </param>
/// <param name="Frames">Number of frames of the input.</param>
/// <param name="Epsilon">Added to the variance in batch normalisation.</param>
/// <param name="Momentum">Weight of a new batch in the running statistics.</param>
/// <param name="Rate">Dropout rate after the block; must be 0 if there is no ReLU.</param>
/// <param name="KernelFrames">Kernel size along time, odd.</param>
/// <param name="KernelBins">Kernel size along frequency, odd.</param>
/// <param name="HasRelu">Whether ReLU follows the normalisation.</param>
/// <param name="PoolFrames">Pooling size along time. Frames that do not fill a pooled frame are dropped.</param>
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
    bool HasRelu = true,
    int PoolFrames = 1
)
{
    /// <summary>Number of frequency bins of the output.</summary>
    public int PooledBins => Bins / Pool;

    /// <summary>Number of frames of the output.</summary>
    public int PooledFrames => Frames / PoolFrames;

    /// <summary>Whether the block contains max-pooling.</summary>
    public bool HasPooling => Pool > 1 || PoolFrames > 1;

    /// <summary>Number of zero-padding frames on each side of an input clip.</summary>
    public int Border => KernelFrames / 2;

    /// <summary>Number of floats in an input clip, including the padding frames.</summary>
    public long InputFloats => (Frames + 2L * Border) * Bins * Channels;

    /// <summary>Number of floats in the convolution's output for one clip.</summary>
    public long RawFloats => (long)Frames * Bins * Filters;

    /// <summary>Number of floats in the block's output for one clip, without padding frames.</summary>
    public long PooledFloats => (long)PooledFrames * PooledBins * Filters;

    /// <summary>Sizes of the convolution.</summary>
    public ConvolutionSize Convolution => new(KernelFrames, KernelBins, Bins, Channels, Filters);

    /// <summary>Sizes of the batch normalisation and addresses of its parameters.</summary>
    public NormalisationWeights NormalisationOf(BlockWeights weights) =>
        new(Filters, Epsilon, Momentum, weights.Scale, weights.Shift);

    /// <summary>Returns the shape with channels and filters padded to multiples of 16.</summary>
    /// <param name="isInput">
    /// Whether the block's input is the network's input, whose single channel is not padded.
    /// </param>
    public BlockShape Padded(bool isInput) =>
        this with
        {
            Channels = isInput ? Channels : Simd.RoundUp(Channels),
            Filters = Simd.RoundUp(Filters),
        };

    /// <summary>
    /// Pads a convolution kernel, or a vector with one value per filter, to this block's channels and filters.
    /// </summary>
    public Tensor Pad(Tensor tensor) =>
        tensor.dim() == 4
            ? Simd.Pad(tensor, Filters, Channels, tensor.shape[2], tensor.shape[3])
            : Simd.Pad(tensor, Filters);
}

/// <summary>Sizes of a convolution.</summary>
/// <param name="KernelFrames">Kernel size along time, odd.</param>
/// <param name="KernelBins">Kernel size along frequency, odd.</param>
/// <param name="Bins">Number of bins of input and output.</param>
/// <param name="Channels">Input channels.</param>
/// <param name="Filters">Output channels.</param>
internal readonly record struct ConvolutionSize(int KernelFrames, int KernelBins, int Bins, int Channels, int Filters)
{
    /// <summary>Number of kernel positions.</summary>
    public int Taps => KernelFrames * KernelBins;

    /// <summary>Number of floats in the kernels of all filters.</summary>
    public long KernelFloats => (long)Taps * Channels * Filters;

    /// <summary>
    /// Sizes of the convolution that computes the gradient of the input from the gradient of the output.
    /// </summary>
    public ConvolutionSize Mirrored => this with { Channels = Filters, Filters = Channels };
}

/// <summary>Addresses of a convolution block's parameters, or of their gradients, in torch's layouts.</summary>
/// <param name="Kernel">Shape (filters, channels, kernel frames, kernel bins).</param>
/// <param name="Bias">Bias of the convolution, shape (filters).</param>
/// <param name="Scale">Weight of the batch normalisation, shape (filters).</param>
/// <param name="Shift">Bias of the batch normalisation, shape (filters).</param>
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

/// <summary>Tensors and statistics that the forward pass of a block saves for the backward pass.</summary>
internal sealed class SavedBlock : IDisposable
{
    /// <summary>
    /// Input with its zero padding, shape (batch, frames + 2 * border, bins, channels); for a <see cref="FirstBlock"/>,
    /// shape (batch, frames + 2, bins + 2).
    /// </summary>
    public required Tensor Input { get; init; }

    /// <summary>
    /// Output after ReLU, pooling and dropout, shape (batch, pooled frames + 2 * border of the next block, pooled bins,
    /// filters).
    /// </summary>
    public required Tensor Output { get; init; }

    /// <summary>
    /// Output of the convolution, shape (batch, frames, bins, filters); null for a <see cref="FirstBlock"/>, which does not
    /// store it.
    /// </summary>
    public Tensor? Raw { get; init; }

    /// <summary>
    /// Output of the convolution at the positions that pooling selects, shaped like <see cref="Indices"/>; null for a <see
    /// cref="FirstBlock"/> and without pooling.
    /// </summary>
    public Tensor? Selected { get; init; }

    /// <summary>
    /// Position of the maximum in each pooling window, numbered row by row (frame by frame), int8, shape (batch, pooled
    /// frames, pooled bins, filters); -1 where ReLU or dropout sets the output to zero. Null for a
    /// <see cref="PooledBlock"/> without pooling, where the output's sign gives the same information.
    /// </summary>
    public Tensor? Indices { get; init; }

    /// <summary>Batch normalisation with the statistics of this batch.</summary>
    public required Normalisation Normalisation { get; init; }

    /// <summary>
    /// Mean and covariance of the input's patches for a <see cref="FirstBlock"/>; null for other blocks.
    /// </summary>
    public PatchMoments? Patches { get; init; }

    /// <summary>Dropout after the block.</summary>
    public required Dropout Dropout { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        Raw?.Dispose();
        Selected?.Dispose();
        Indices?.Dispose();
    }
}
