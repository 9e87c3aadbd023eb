using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>The largest of so many neighbouring bands, the last dimension; the others stay.</summary>
internal sealed class BandPooling(int count) : nn.Module<Tensor, Tensor>(nameof(BandPooling))
{
    /// <summary>Bands that become one.</summary>
    internal int Bands => count;

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var maps = input.dim() == 3 ? input.unsqueeze(1) : input;
        var pooled = nn.functional.max_pool2d(maps, [1, Bands]);
        return (input.dim() == 3 ? pooled.squeeze(1) : pooled).MoveToOuterDisposeScope();
    }
}
