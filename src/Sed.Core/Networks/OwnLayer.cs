using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>Somebody's module, held to what its layer promises: (batch, frames, width) to (batch, frames, units).</summary>
internal sealed class OwnLayer : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> built;
    private readonly Layer.Own layer;

    /// <exception cref="ArgumentException">The layer's function gives no module.</exception>
    public OwnLayer(int width, Layer.Own layer)
        : base(nameof(OwnLayer))
    {
        this.layer = layer;
        built = layer.Build(width) ?? throw new ArgumentException($"{layer}: Build({width}) gave no module.");
        RegisterComponents();
    }

    /// <exception cref="InvalidOperationException">The module gives another shape than its layer promises.</exception>
    public override Tensor forward(Tensor input)
    {
        var output = built.call(input);
        if (!output.shape.AsSpan().SequenceEqual([input.shape[0], input.shape[1], layer.Units]))
            throw new InvalidOperationException(
                $"{layer} has to give (batch, frames, units) = ({input.shape[0]}, {input.shape[1]}, {layer.Units}) "
                    + $"for ({string.Join(", ", input.shape)}), but its module gives ({string.Join(", ", output.shape)})."
            );
        return output;
    }
}
