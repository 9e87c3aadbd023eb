using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>(batch, maps, frames, bands) to (batch, frames, maps * bands).</summary>
internal sealed class MapsToVectors() : nn.Module<Tensor, Tensor>(nameof(MapsToVectors))
{
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return input.transpose(1, 2).flatten(2).MoveToOuterDisposeScope();
    }
}
