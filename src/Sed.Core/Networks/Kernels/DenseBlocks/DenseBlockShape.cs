using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>
/// Sizes of a dense block (Huang et al. 2017): batch normalisation, ReLU and a 3 x 3 convolution, repeated on all maps so far. The
/// kernels store a map as one row: its frames one after another, each followed by a zero, so that the convolution is a sum of
/// shifted rows.
/// </summary>
/// <param name="Maps">Input maps of the block.</param>
/// <param name="Convolutions">Number of convolutions.</param>
/// <param name="Growth">Maps that each convolution adds.</param>
/// <param name="Frames">Frames of a map.</param>
/// <param name="Bins">Bins of a frame.</param>
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

    /// <summary>Positions of the kernel.</summary>
    public const int Taps = Side * Side;

    /// <summary>Input maps of a convolution, numbered from 0.</summary>
    public int InputMaps(int convolution) => Maps + convolution * Growth;

    /// <summary>Output maps of the block.</summary>
    public int OutputMaps => InputMaps(Convolutions);

    /// <summary>Floats of a map without padding.</summary>
    public int MapFloats => Frames * Bins;

    /// <summary>Distance between two frames of a row.</summary>
    public int FrameStride => Bins + 1;

    /// <summary>Floats of a row up to the zero after its last frame.</summary>
    public int UsedLength => Frames * FrameStride;

    /// <summary>Floats of a row, padded with zeros to whole vectors.</summary>
    public int Length => Simd.RoundUp(UsedLength);

    /// <summary>Zeros before and after a row that is shifted.</summary>
    public int Margin => Simd.RoundUp(FrameStride + 1);

    /// <summary>Floats of a row with margins.</summary>
    public int PaddedLength => Length + 2 * Margin;

    /// <summary>Floats of a convolution's kernels.</summary>
    public int KernelFloats(int convolution) => Growth * InputMaps(convolution) * Taps;

    /// <summary>Offset in a row of the input that a tap reads, relative to the output.</summary>
    /// <param name="frame">Frame of the tap, 0 to 2.</param>
    /// <param name="bin">Bin of the tap, 0 to 2.</param>
    public int Shift(int frame, int bin) => (frame - Side / 2) * FrameStride + bin - Side / 2;
}

/// <summary>Tensors and statistics that the forward pass of a dense block saves for the backward pass.</summary>
internal sealed class SavedDenseBlock : IDisposable
{
    /// <summary>All maps as rows, (batch, output maps, row length).</summary>
    public required Tensor Rows { get; init; }

    /// <summary>Mean and variance of each map over the batch.</summary>
    public required MapStatistics Statistics { get; init; }

    /// <summary>Normalisation of each convolution.</summary>
    public required Normalisation[] Normalisations { get; init; }

    /// <summary>Dropout after the block.</summary>
    public required Dropout Dropout { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Rows.Dispose();
}
