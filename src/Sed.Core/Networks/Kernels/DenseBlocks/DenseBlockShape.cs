using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>
/// Sizes of a dense block (Huang et al. 2017): a sequence of 3 x 3 convolutions, with batch normalisation and ReLU
/// before each. Each convolution receives the block's input and the outputs of all earlier convolutions. In memory, a
/// feature map is one row: its frames one after another, each followed by a zero. The convolution is then a weighted
/// sum of shifted rows.
/// </summary>
/// <param name="Maps">Number of feature maps (channels) in the block's input.</param>
/// <param name="Convolutions">Number of convolutions.</param>
/// <param name="Growth">Number of feature maps that each convolution adds.</param>
/// <param name="Frames">Number of frames of a map.</param>
/// <param name="Bins">Number of bins of a frame.</param>
/// <param name="Epsilon">Added to the variance in batch normalisation.</param>
/// <param name="Momentum">Weight of a new batch in the running statistics.</param>
/// <param name="Rate">Dropout rate after the block, in [0, 1).</param>
internal sealed record DenseBlockShape(
    int Maps,
    int Convolutions,
    int Growth,
    int Frames,
    int Bins,
    double Epsilon,
    double Momentum,
    double Rate
)
{
    /// <summary>Kernel size along time and frequency.</summary>
    public const int Side = 3;

    /// <summary>Number of kernel positions.</summary>
    public const int Taps = Side * Side;

    /// <summary>Number of input maps of a convolution; convolutions are numbered from 0.</summary>
    public int InputMaps(int convolution) => Maps + convolution * Growth;

    /// <summary>Number of output maps of the block.</summary>
    public int OutputMaps => InputMaps(Convolutions);

    /// <summary>Number of floats per map, without padding.</summary>
    public int MapFloats => Frames * Bins;

    /// <summary>Distance in floats between two frames of a row.</summary>
    public int FrameStride => Bins + 1;

    /// <summary>Number of floats per row, up to and including the zero after the last frame.</summary>
    public int UsedLength => Frames * FrameStride;

    /// <summary>Number of floats per row, padded with zeros to whole vectors.</summary>
    public int Length => Simd.RoundUp(UsedLength);

    /// <summary>
    /// Number of zeros on each side of a row. They are read where a shifted row extends beyond the ends of the original
    /// row.
    /// </summary>
    public int Margin => Simd.RoundUp(FrameStride + 1);

    /// <summary>Number of floats per row, including the zeros on both sides (<see cref="Margin"/>).</summary>
    public int PaddedLength => Length + 2 * Margin;

    /// <summary>Number of floats in the kernels of one convolution.</summary>
    public int KernelFloats(int convolution) => Growth * InputMaps(convolution) * Taps;

    /// <summary>
    /// Offset in floats between an output position and the input position that a tap reads, within a row.
    /// </summary>
    /// <param name="frame">Frame of the tap, 0 to 2.</param>
    /// <param name="bin">Bin of the tap, 0 to 2.</param>
    public int Shift(int frame, int bin) => (frame - Side / 2) * FrameStride + bin - Side / 2;
}

/// <summary>Tensors and statistics that the forward pass of a dense block saves for the backward pass.</summary>
internal sealed class SavedDenseBlock : IDisposable
{
    /// <summary>All maps as rows, shape (batch, output maps, row length).</summary>
    public required Tensor Rows { get; init; }

    /// <summary>Mean and variance of each map over the batch.</summary>
    public required MapStatistics Statistics { get; init; }

    /// <summary>Batch normalisation before each convolution, with the statistics of this batch.</summary>
    public required Normalisation[] Normalisations { get; init; }

    /// <summary>Dropout after the block.</summary>
    public required Dropout Dropout { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();
}
