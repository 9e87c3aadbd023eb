using Sed.Core.Networks.Kernels.Recurrence;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sed.Core.Networks.Layers;

/// <summary>How the outputs of the two directions of a recurrent layer are merged.</summary>
public enum Merge
{
    /// <summary>Element-wise product; the width equals the units of one direction.</summary>
    [Key("multiply")]
    Multiply,

    /// <summary>Concatenation; the width is twice the units of one direction.</summary>
    [Key("concatenate")]
    Concatenate,
}

public abstract partial record Layer
{
    /// <summary>
    /// Bidirectional gated recurrent units (Cho et al. 2014, arXiv 1406.1078) as in PyTorch: the gates use the sigmoid, the
    /// candidate state uses tanh, and the reset gate is applied after the recurrent projection.
    /// </summary>
    /// <param name="Units">Number of units of one direction.</param>
    /// <param name="Merge">How the outputs of the directions are merged.</param>
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

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => AtLeastOne(Units, "units");

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Units = Scaled(Units, factor) };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) =>
            Shape.Vectors(input.Frames, Merge == Merge.Multiply ? Units : Directions * Units);

        /// <inheritdoc/>
        public override long Parameters(Shape input) => Weights(input) + Directions * Gates * 2L * Units;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => Weights(input) * input.Frames;

        private long Weights(Shape input) => Directions * Gates * (long)Units * (input.Width + Units);

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new MergedGru(input.Width, this);
    }
}

/// <summary>
/// A bidirectional GRU with merged directions, from shape (batch, frames, width) to shape (batch, frames, units or 2
/// units).
/// </summary>
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
    /// Initialises each gate with Glorot input weights, orthogonal recurrent weights and zero biases. These are Keras'
    /// distributions, but the input weights have tanh's gain of 5/3. Without this gain, both directions have small outputs:
    /// their product is close to 0, and stacked layers start with vanishing gradients.
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

    /// <summary>The eight parameters in torch's order, forward direction first.</summary>
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
        // Without an initial state, torch's module creates one that is not disposed with the scope.
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

        // torch orders the gates reset, update, candidate; ONNX update, reset, candidate.
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
