using Sed.Core.Networks.Kernels.Recurrence;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sed.Core.Networks.Layers;

/// <summary>How the two directions of a recurrent layer become one.</summary>
public enum Merge
{
    /// <summary>Forward times backward, unit by unit: as many values as units.</summary>
    [Key("multiply")]
    Multiply,

    /// <summary>Forward beside backward: twice as many values as units.</summary>
    [Key("concatenate")]
    Concatenate,
}

public abstract partial record Layer
{
    /// <summary>Bidirectional gated recurrent units: sigmoid gates, tanh, reset after the projection (as in PyTorch).</summary>
    /// <param name="Units">Units of one direction.</param>
    /// <param name="Merge">How the two directions become one.</param>
    [Key("bidirectionalGru")]
    public sealed record BidirectionalGru([property: Key("units")] int Units, [property: Key("merge")] Merge Merge)
        : Layer
    {
        private const int Directions = 2;
        private const int Gates = 3;

        /// <inheritdoc/>
        public override string Summary => $"biGru {Units} {(Merge == Merge.Multiply ? "multiply" : "concatenate")}";

        internal override bool TakesVectors => true;
        internal override string ModuleName => "gru";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below) => AtLeastOne(Units, "units");

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Units = Scaled(Units, factor) };

        /// <inheritdoc/>
        public override Shape Over(Shape below) =>
            Shape.Vectors(below.Frames, Merge == Merge.Multiply ? Units : Directions * Units);

        /// <inheritdoc/>
        public override long Parameters(Shape below) => Weights(below) + Directions * Gates * 2L * Units;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) => Weights(below) * below.Frames;

        private long Weights(Shape below) => Directions * Gates * (long)Units * (below.Width + Units);

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new MergedGru(below.Width, this);
    }
}

/// <summary>A bidirectional GRU whose directions become one: (batch, frames, width) to (batch, frames, merged).</summary>
internal sealed class MergedGru : nn.Module<Tensor, Tensor>, IKernelModule, IOnnxModule
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

    /// <inheritdoc/>
    public IKernelLayer? Kernel(int frames, int bands, double dropout)
    {
        var inputs = (int)recurrent.parameters().First().shape[1];
        RecurrentShape shape = new(inputs, layer.Units, frames, layer.Merge == Merge.Multiply, dropout);
        return shape.Fits ? new Recurrence(this, new GatedRecurrence(shape)) : null;
    }

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

    public OnnxValue Export(OnnxValue input)
    {
        using var scope = NewDisposeScope();
        var graph = input.Graph;
        var both = graph.Node(
            "GRU",
            [
                input.Permute(1, 0, 2), // (frames, batch, width)
                Stacked(forward => Ordered(Weights[forward])),
                Stacked(forward => Ordered(Weights[forward + 1])),
                Stacked(forward => cat([Ordered(Weights[forward + 2]), Ordered(Weights[forward + 3])])),
            ],
            ("direction", "bidirectional"),
            ("hidden_size", (long)layer.Units),
            ("linear_before_reset", 1L)
        ); // (frames, directions, batch, units)
        return layer.Merge == Merge.Multiply
            ? (both.Select(1, 0) * both.Select(1, 1)).Permute(1, 0, 2)
            : both.Permute(2, 0, 1, 3).Reshape(0, 0, 2 * layer.Units);

        OnnxValue Stacked(Func<int, Tensor> ofDirection) =>
            graph.Weight(stack([ofDirection(0), ofDirection(Weights.Count / 2)]));

        // torch has the gates of reset, update and candidate in this order, ONNX the update first.
        static Tensor Ordered(Tensor weight)
        {
            var gates = weight.detach().chunk(3);
            return cat([gates[1], gates[0], gates[2]]);
        }
    }

    private sealed class Recurrence(MergedGru gru, GatedRecurrence kernel) : IKernelLayer
    {
        public Tensor Train(Tensor values, uint seed)
        {
            using var scope = NewDisposeScope();
            return kernel.Train(values.contiguous(), gru.Weights, seed).MoveToOuterDisposeScope();
        }

        public Tensor Infer(Tensor values)
        {
            using var scope = NewDisposeScope();
            return kernel.Infer(values.contiguous(), gru.Weights).MoveToOuterDisposeScope();
        }
    }
}
