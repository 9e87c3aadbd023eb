using Sed.Core.Onnx.Graph;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>Shape conversions of layer inputs.</summary>
internal static class Maps
{
    /// <summary>
    /// Inserts the map axis into the network's input, shape (batch, frames, bands); returns other inputs unchanged.
    /// </summary>
    public static Tensor AsMaps(this Tensor values) => values.dim() == 3 ? values.unsqueeze(1) : values;
}

/// <summary>
/// Flattens feature maps, from shape (batch, maps, frames, bands) to shape (batch, frames, maps * bands). The network's
/// input already has the output shape and is returned unchanged.
/// </summary>
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
