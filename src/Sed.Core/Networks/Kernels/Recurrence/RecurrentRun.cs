using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Recurrence;

/// <summary>What a recurrent layer's forward pass leaves for its backward pass. Groups are of eight clips.</summary>
internal sealed class RecurrentRun : IDisposable
{
    /// <summary>What came in, (batch, frames, inputs).</summary>
    public required Tensor Input { get; init; }

    /// <summary>Gates of both directions, (2, groups, frames, 8, 4 units).</summary>
    public required Tensor Gates { get; init; }

    /// <summary>States of both directions, (2, groups, frames, 8, units).</summary>
    public required Tensor States { get; init; }

    /// <summary>The dropout after the layer.</summary>
    public required Dropout Dropout { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Input.Dispose();
        Gates.Dispose();
        States.Dispose();
    }
}
