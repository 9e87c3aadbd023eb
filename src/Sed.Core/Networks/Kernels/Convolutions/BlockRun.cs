using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>What a block's forward pass leaves for its backward pass.</summary>
internal sealed class BlockRun : IDisposable
{
    /// <summary>The clips that came in, (batch, frames + 2 borders, bins, channels), zeros around.</summary>
    public required Tensor Input { get; init; }

    /// <summary>What goes out, after ReLU, pooling and dropout: (batch, pooled frames + 2 borders of the next block, pooled bins, filters).</summary>
    public required Tensor Output { get; init; }

    /// <summary>The convolution's output, (batch, frames, bins, filters); absent in a first block, which never has it.</summary>
    public Tensor? Raw { get; init; }

    /// <summary>The convolution's output at the winning places, shaped like winners; absent in a first block and without pooling.</summary>
    public Tensor? Extreme { get; init; }

    /// <summary>
    /// Which place of each pooled rectangle won, frame by frame, bytes, (batch, pooled frames, pooled bins, filters); -1 where the
    /// output is zero. Absent without pooling, where the output itself says so.
    /// </summary>
    public Tensor? Winner { get; init; }

    /// <summary>The normalisation of this step.</summary>
    public required Normalisation Normalisation { get; init; }

    /// <summary>Mean and covariance of the input's patches, in a first block.</summary>
    public PatchMoments? Patches { get; init; }

    /// <summary>The dropout after the block.</summary>
    public required Dropout Dropout { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Input.Dispose();
        Output.Dispose();
        Raw?.Dispose();
        Extreme?.Dispose();
        Winner?.Dispose();
    }
}
