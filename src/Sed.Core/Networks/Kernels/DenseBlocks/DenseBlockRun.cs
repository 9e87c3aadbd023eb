using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>What a dense block's forward pass leaves for its backward pass.</summary>
internal sealed class DenseBlockRun : IDisposable
{
    /// <summary>All maps as lines, (batch, maps, length).</summary>
    public required Tensor Lines { get; init; }

    /// <summary>Mean and variance of each map over the batch.</summary>
    public required MapStatistics Statistics { get; init; }

    /// <summary>The normalisation of each convolution.</summary>
    public required Normalisation[] Normalisations { get; init; }

    /// <summary>The dropout after the block.</summary>
    public required Dropout Dropout { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Lines.Dispose();
}
