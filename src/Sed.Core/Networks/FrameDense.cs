using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>The same dense layer for each frame: (batch, frames, width) to (batch, frames, units).</summary>
internal sealed class FrameDense : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> dense;
    private readonly Activation activation;

    public FrameDense(int width, Layer.Dense layer)
        : base(nameof(FrameDense))
    {
        dense = nn.Linear(width, layer.Units);
        activation = layer.Activation;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var values = dense.call(input);
        return (activation == Activation.Relu ? values.relu() : values).MoveToOuterDisposeScope();
    }
}
