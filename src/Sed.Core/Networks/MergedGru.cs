using Sed.Core.Networks.Kernels;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sed.Core.Networks;

/// <summary>A bidirectional GRU whose directions become one: (batch, frames, width) to (batch, frames, merged).</summary>
internal sealed class MergedGru : nn.Module<Tensor, Tensor>
{
    private readonly GRU recurrent;
    private readonly Layer.BidirectionalGru layer;

    public MergedGru(int width, Layer.BidirectionalGru layer)
        : base(nameof(MergedGru))
    {
        this.layer = layer;
        recurrent = nn.GRU(width, layer.Units, batchFirst: true, bidirectional: true);
        RegisterComponents();
        Initialise();
    }

    /// <summary>
    /// Glorot and orthogonal weights gate by gate and no bias, as in Keras, but with tanh's gain of 5/3: two directions of
    /// small values multiply to next to nothing, and a second such layer would pass hardly any gradient at first.
    /// </summary>
    private void Initialise()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var (name, parameter) in recurrent.named_parameters())
        {
            foreach (var gate in parameter.chunk(3))
                _ = name switch
                {
                    _ when name.StartsWith("weight_ih", StringComparison.Ordinal) => init.xavier_uniform_(
                        gate,
                        5.0 / 3
                    ),
                    _ when name.StartsWith("weight_hh", StringComparison.Ordinal) => init.orthogonal_(gate),
                    _ => init.zeros_(gate),
                };
        }
    }

    /// <summary>The layer's eight parameters in torch's order, the forward direction first.</summary>
    internal IReadOnlyList<Tensor> Weights => [.. recurrent.parameters()];

    /// <summary>What the kernels need to know of the layer.</summary>
    internal RecurrentShape Shape(int frames, double rate) =>
        new((int)recurrent.parameters().First().shape[1], layer.Units, frames, layer.Merge, rate);

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        // Without an initial state the module makes one that outlives every scope.
        var start = zeros(2, input.shape[0], layer.Units, device: input.device, dtype: input.dtype);
        var (both, _) = recurrent.call(input, start); // (batch, frames, 2 * units)
        if (layer.Merge == Merge.Concatenate)
            return both.MoveToOuterDisposeScope();
        var directions = both.chunk(2, 2);
        return (directions[0] * directions[1]).MoveToOuterDisposeScope();
    }
}
