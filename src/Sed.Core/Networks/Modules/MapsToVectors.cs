using Sed.Core.Onnx.Graph;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>(batch, maps, frames, bands) to (batch, frames, maps * bands); the network's input is laid out so already.</summary>
internal sealed class MapsToVectors() : nn.Module<Tensor, Tensor>(nameof(MapsToVectors)), IOnnxModule
{
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var vectors = input.dim() == 3 ? input.alias() : input.transpose(1, 2).flatten(2);
        return vectors.MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input) => input.Permute(0, 2, 1, 3).Reshape(0, 0, -1);
}
