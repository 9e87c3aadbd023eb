using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>Sigmoid of a dense layer over all frames and classes: (batch, frames, classes) to (batch, classes).</summary>
internal sealed class DenseOverFrames : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> dense;

    public DenseOverFrames(int frames, int classes)
        : base(nameof(DenseOverFrames))
    {
        dense = nn.Linear(frames * classes, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return dense.call(input.flatten(1)).sigmoid().MoveToOuterDisposeScope();
    }
}

/// <summary>The largest probability of any frame: (batch, frames, classes) to (batch, classes).</summary>
internal sealed class LargestFrame() : nn.Module<Tensor, Tensor>(nameof(LargestFrame))
{
    public override Tensor forward(Tensor input) => input.amax([1]);
}

/// <summary>The mean probability over the frames: (batch, frames, classes) to (batch, classes).</summary>
internal sealed class MeanOfFrames() : nn.Module<Tensor, Tensor>(nameof(MeanOfFrames))
{
    public override Tensor forward(Tensor input) => input.mean([1]);
}
