using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>(batch, frames, bands) to (batch, frames, count * bands): each frame between its neighbours, oldest first.</summary>
internal sealed class FrameContext(int count) : nn.Module<Tensor, Tensor>(nameof(FrameContext))
{
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var reach = count / 2;
        var first = input.narrow(1, 0, 1).expand(-1, reach, -1);
        var last = input.narrow(1, input.shape[1] - 1, 1).expand(-1, reach, -1);
        var padded = cat([first, input, last], 1); // (batch, frames + count - 1, bands)
        var windows = padded.unfold(1, count, 1); // (batch, frames, bands, count)
        return windows.transpose(2, 3).flatten(2).MoveToOuterDisposeScope();
    }
}
