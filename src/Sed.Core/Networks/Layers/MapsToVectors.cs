using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>(batch, maps, frames, bands) to (batch, frames, maps * bands); the network's input is laid out so already.</summary>
internal sealed class MapsToVectors() : nn.Module<Tensor, Tensor>(nameof(MapsToVectors))
{
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var vectors = input.dim() == 3 ? input.alias() : input.transpose(1, 2).flatten(2);
        return vectors.MoveToOuterDisposeScope();
    }
}
