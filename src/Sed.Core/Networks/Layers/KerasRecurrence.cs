using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Sed.Core.Networks.Layers;

/// <summary>Activation function of the candidate state of a GRU in Keras' convention.</summary>
public enum Candidate
{
    /// <summary>The hyperbolic tangent.</summary>
    [Key("tanh")]
    Tanh,

    /// <summary>No activation. States have no bound.</summary>
    [Key("linear")]
    Linear,

    /// <summary>The logistic sigmoid.</summary>
    [Key("sigmoid")]
    Sigmoid,
}

/// <summary>
/// The weights of one direction of a GRU in Keras' layout: the kernel, shape (inputs, 3 units), the recurrent kernel,
/// shape (units, 3 units), and one bias, shape (3 units). The gates are ordered update, reset, candidate.
/// </summary>
internal sealed class KerasDirection : nn.Module
{
    private const int Gates = 3;
    private readonly Parameter kernel;
    private readonly Parameter recurrent;
    private readonly Parameter bias;

    /// <summary>
    /// Draws the weights as Keras does: the kernel from Glorot's uniform distribution and the recurrent kernel as an
    /// orthogonal matrix, each as one matrix for all gates; the bias is 0.
    /// </summary>
    public KerasDirection(int inputs, int units, Candidate candidate, bool isBackward)
        : base(nameof(KerasDirection))
    {
        Units = units;
        Candidate = candidate;
        IsBackward = isBackward;
        using (no_grad())
        {
            kernel = new Parameter(init.xavier_uniform_(empty(inputs, Gates * units)));
            recurrent = new Parameter(init.orthogonal_(empty(units, Gates * units)));
            bias = new Parameter(zeros(Gates * units));
        }
        RegisterComponents();
    }

    public int Units { get; }

    public Candidate Candidate { get; }

    /// <summary>Whether the frames are processed from the last to the first.</summary>
    public bool IsBackward { get; }

    public Tensor Kernel => kernel;

    public Tensor Recurrent => recurrent;

    public Tensor Bias => bias;
}

/// <summary>
/// GRUs as in Keras before version 2.3: the gates use the hard sigmoid s(x) = clip(0.2 x + 0.5, 0, 1), and the reset gate is
/// applied before the recurrent product (no `reset_after`). Update gate z = s(x Wz + h Uz + bz), reset gate
/// r = s(x Wr + h Ur + br), candidate c = f(x Wc + (r h) Uc + bc), new state h' = z h + (1 - z) c.
/// </summary>
internal static class KerasRecurrence
{
    private const float Slope = 0.2f;
    private const float Offset = 0.5f;

    /// <summary>Number of parameters of one direction.</summary>
    public static long Parameters(int inputs, int units) => Weights(inputs, units) + 3L * units;

    /// <summary>Number of elements of the kernel and the recurrent kernel of one direction.</summary>
    public static long Weights(int inputs, int units) => 3L * units * (inputs + units);

    /// <summary>Computes the states of all directions together.</summary>
    /// <param name="input">Shape (batch, frames, inputs).</param>
    /// <param name="directions">
    /// The directions, with equal numbers of inputs and units. Directions with the same candidate activation are
    /// consecutive.
    /// </param>
    /// <returns>For each direction, the states in the order of the frames, shape (batch, frames, units).</returns>
    public static Tensor[] States(Tensor input, IReadOnlyList<KerasDirection> directions)
    {
        using var scope = NewDisposeScope();
        var units = directions[0].Units;
        var fromInput = FromInput(input, directions); // (frames, directions, batch, 3 units)
        var weights = stack(directions.Select(direction => direction.Recurrent)); // (directions, units, 3 units)
        // The hard sigmoid's slope and offset are applied before the two summands of the gates' pre-activations are
        // added.
        var gateInputs = fromInput.narrow(3, 0, 2 * units).Times(Slope).Plus(Offset).unbind(0);
        var gateWeights = weights.narrow(2, 0, 2 * units).Times(Slope);
        var candidateInputs = fromInput.narrow(3, 2 * units, units).unbind(0);
        var candidateWeights = weights.narrow(2, 2 * units, units).contiguous();
        var candidates = Runs(directions);
        var state = zeros_like(candidateInputs[0]);
        List<Tensor> states = [];
        for (var step = 0; step < gateInputs.Length; step++)
        {
            using var own = NewDisposeScope();
            var gates = state.bmm(gateWeights).Plus(gateInputs[step]).Between(0, 1).chunk(2, 2); // update, reset
            var sums = (gates[1] * state).bmm(candidateWeights).Plus(candidateInputs[step]);
            var candidate = Activated(sums, candidates);
            state =
                candidate.dtype == state.dtype
                    ? candidate.lerp(state, gates[0])
                    : candidate.Plus(gates[0] * (state - candidate)); // bfloat16 candidates, float32 states
            states.Add(state.MoveToOuterDisposeScope());
        }
        return
        [
            .. stack(states, 2) // (directions, batch, frames, units)
                .unbind(0)
                .Zip(directions, (all, direction) => direction.IsBackward ? all.flip(1) : all)
                .Select(all => all.MoveToOuterDisposeScope()),
        ];
    }

    /// <summary>
    /// Computes the contribution of the input to all pre-activations, in the order of the steps, shape (frames,
    /// directions, batch, 3 units).
    /// </summary>
    private static Tensor FromInput(Tensor input, IReadOnlyList<KerasDirection> directions)
    {
        var kernels = cat([.. directions.Select(direction => direction.Kernel)], 1);
        var biases = cat([.. directions.Select(direction => direction.Bias)]);
        var sums = input.transpose(0, 1).matmul(kernels).Plus(biases); // (frames, batch, directions * 3 units)
        return stack(
            sums.chunk(directions.Count, 2)
                .Zip(directions, (own, direction) => direction.IsBackward ? own.flip(0) : own),
            1
        );
    }

    /// <summary>
    /// Groups of directions with the same candidate activation: the activation and the number of directions.
    /// </summary>
    private static List<(Candidate Candidate, int Count)> Runs(IReadOnlyList<KerasDirection> directions) =>
        [.. directions.GroupBy(direction => direction.Candidate).Select(group => (group.Key, group.Count()))];

    private static Tensor Activated(Tensor sums, List<(Candidate Candidate, int Count)> runs)
    {
        if (runs is [var (only, _)])
            return Of(only, sums);
        List<Tensor> parts = [];
        var first = 0;
        foreach (var (candidate, count) in runs)
        {
            parts.Add(Of(candidate, sums.narrow(0, first, count)));
            first += count;
        }
        return cat(parts);
    }

    private static Tensor Of(Candidate candidate, Tensor sums) =>
        candidate switch
        {
            Candidate.Tanh => sums.tanh(),
            Candidate.Sigmoid => sums.sigmoid(),
            _ => sums,
        };

    /// <summary>Exports one GRU.</summary>
    /// <param name="input">Shape (batch, frames, inputs).</param>
    /// <param name="directions">The forward direction, or the forward and the backward direction.</param>
    /// <returns>The states, shape (frames, directions, batch, units).</returns>
    public static OnnxValue Export(OnnxValue input, IReadOnlyList<KerasDirection> directions)
    {
        using var scope = NewDisposeScope();
        var graph = input.Graph;
        var isLinear = directions[0].Candidate == Candidate.Linear; // the only candidate activation with slope and offset
        var names = directions.SelectMany(direction => (string[])["HardSigmoid", Activation(direction.Candidate)]);
        var slopes = directions.SelectMany(_ => isLinear ? (float[])[Slope, 1] : [Slope]);
        var offsets = directions.SelectMany(_ => isLinear ? (float[])[Offset, 0] : [Offset]);
        return graph.Node(
            "GRU",
            [
                input.Permute(1, 0, 2),
                Stacked(direction => direction.Kernel.t()),
                Stacked(direction => direction.Recurrent.t()),
                Stacked(direction => cat([direction.Bias, zeros_like(direction.Bias)])),
            ],
            ("direction", directions.Count == 1 ? "forward" : "bidirectional"),
            ("hidden_size", (long)directions[0].Units),
            ("linear_before_reset", 0L),
            ("activations", names.ToArray()),
            ("activation_alpha", slopes.ToArray()),
            ("activation_beta", offsets.ToArray())
        );

        OnnxValue Stacked(Func<KerasDirection, Tensor> of) =>
            graph.Weight(stack(directions.Select(direction => of(direction).detach())));
    }

    private static string Activation(Candidate candidate) =>
        candidate switch
        {
            Candidate.Tanh => "Tanh",
            Candidate.Sigmoid => "Sigmoid",
            _ => "Affine",
        };
}
