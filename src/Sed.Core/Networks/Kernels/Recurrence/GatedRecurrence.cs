using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Recurrence;

/// <summary>
/// A bidirectional GRU layer with PyTorch's equations: reset gate r = sigmoid(Wr x + Ur h + b), update gate z of the
/// same form, candidate n = tanh(Wn x + b + r (Un h + c)), new state h' = n + z (h - n). A work item covers one
/// direction of a group of eight clips, over all frames.
/// </summary>
internal sealed unsafe partial class GatedRecurrence
{
    /// <summary>
    /// Number of parameters: weight_ih, weight_hh, bias_ih and bias_hh of the forward and the backward direction.
    /// </summary>
    public const int ParameterCount = 8;

    private const int Rows = RecurrentShape.Rows;
    private const int Steps = RecurrentShape.Steps;
    private const int Lanes = Simd.Lanes;

    private readonly RecurrentShape requested;
    private readonly RecurrentShape shape;
    private readonly int inputs;
    private readonly int units;
    private readonly int frames;
    private readonly int gates;
    private readonly int columns;

    /// <param name="requested">Sizes of the layer; inputs and units need not be multiples of the vector width.</param>
    public GatedRecurrence(RecurrentShape requested)
    {
        this.requested = requested;
        shape = requested.Padded();
        (inputs, units, frames) = (shape.Inputs, shape.Units, shape.Frames);
        (gates, columns) = (shape.Gates, shape.Columns);
    }

    /// <summary>
    /// Computes the forward pass in training, with dropout; records it for the backward pass if gradients are enabled.
    /// </summary>
    /// <param name="input">Shape (batch, frames, inputs), contiguous, float32.</param>
    /// <param name="parameters">The eight tensors of torch's GRU.</param>
    /// <param name="seed">Dropout seed.</param>
    /// <returns>Shape (batch, frames, outputs).</returns>
    public Tensor Train(Tensor input, IReadOnlyList<Tensor> parameters, uint seed)
    {
        if (!is_grad_enabled())
            return WithoutGradients(input, parameters, new Dropout(shape.Rate, seed));
        using var scope = NewDisposeScope();
        var output = Function.apply([this, seed, Pad(input), .. shape.Pad(parameters)]);
        return RemovePadding(output).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the forward pass at inference, without dropout and gradients.</summary>
    public Tensor Infer(Tensor input, IReadOnlyList<Tensor> parameters) =>
        WithoutGradients(input, parameters, Dropout.None);

    private Tensor WithoutGradients(Tensor input, IReadOnlyList<Tensor> parameters, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        using var states = States((int)input.shape[0]);
        Recur(Pad(input), [.. shape.Pad(parameters)], states, null);
        return RemovePadding(MergeDirections(states, (int)input.shape[0], dropout)).MoveToOuterDisposeScope();
    }

    private Tensor Pad(Tensor input) => Simd.Pad(input, input.shape[0], frames, inputs);

    /// <summary>Removes the padding units of both directions.</summary>
    private Tensor RemovePadding(Tensor output) =>
        requested.Units == units ? output
        : requested.Multiplies ? output.narrow(2, 0, requested.Units)
        : output.unflatten(2, 2, units).narrow(3, 0, requested.Units).flatten(2);

    private static int Groups(int batch) => (batch + Rows - 1) / Rows;

    private Tensor States(int batch) => empty([2, Groups(batch), frames, Rows, units]).DetachFromDisposeScope();

    private (SavedRecurrence Run, Tensor Output) Forward(Tensor input, IReadOnlyList<Tensor> parameters, uint seed)
    {
        var batch = (int)input.shape[0];
        var states = States(batch);
        var gateValues = empty([2, Groups(batch), frames, Rows, gates]).DetachFromDisposeScope();
        Recur(input, parameters, states, gateValues.Pointer<float>(2L * Groups(batch) * frames * Rows * gates));
        var saved = new SavedRecurrence
        {
            Input = input.alias().DetachFromDisposeScope(),
            Gates = gateValues,
            States = states,
            Dropout = new Dropout(shape.Rate, seed),
        };
        return (saved, MergeDirections(states, batch, saved.Dropout));
    }

    private void Recur(Tensor input, IReadOnlyList<Tensor> parameters, Tensor states, float* savedGates)
    {
        var batch = (int)input.shape[0];
        var groups = Groups(batch);
        RecurrentWeights[] weights = [new(shape, parameters, 0), new(shape, parameters, 1)];
        float* clips = input.Pointer<float>((long)batch * frames * inputs),
            state = states.Pointer<float>(2L * groups * frames * Rows * units);
        KernelThreads.Run(
            2 * groups,
            item =>
            {
                var group = item % groups;
                RecurGroup(
                    clips + (long)group * Rows * frames * inputs,
                    Math.Min(Rows, batch - group * Rows),
                    weights[item / groups],
                    item / groups,
                    savedGates is null ? null : savedGates + (long)item * frames * Rows * gates,
                    state + (long)item * frames * Rows * units
                );
            }
        );
    }

    private void RecurGroup(
        float* clips,
        int rows,
        RecurrentWeights weights,
        int direction,
        float* savedGates,
        float* states
    )
    {
        int stepGates = Rows * gates,
            stepUnits = Rows * units;
        var rowsOfInput = Scratch.Floats(0, Rows * inputs);
        var ahead = Scratch.Floats(1, (long)Steps * stepGates);
        Simd.Clear(rowsOfInput, Rows * inputs);
        var fromInput = new ReductionLoop(inputs, inputs, 1, columns);
        var fromState = new ReductionLoop(units, units, 1, columns);
        for (var from = 0; from < frames; from += Steps)
        {
            var count = Math.Min(Steps, frames - from);
            for (var step = 0; step < count; step++)
            {
                var frame = Frame(direction, from + step);
                var gate = savedGates is null ? ahead + step * stepGates : savedGates + (long)frame * stepGates;
                for (var row = 0; row < Rows; row++)
                    Copy(weights.Bias, gate + row * gates, gates);
                for (var row = 0; row < rows; row++)
                    Copy(clips + ((long)row * frames + frame) * inputs, rowsOfInput + row * inputs, inputs);
                Tile.Add(rowsOfInput, weights.Input, gate + units, gates, Rows, columns, fromInput);
            }
            for (var step = 0; step < count; step++)
            {
                var frame = Frame(direction, from + step);
                var gate = savedGates is null ? ahead + step * stepGates : savedGates + (long)frame * stepGates;
                var state = states + (long)frame * stepUnits;
                if (from + step == 0)
                {
                    Simd.Clear(state, stepUnits);
                    Step(gate, state, state);
                    continue;
                }
                var before = states + (long)Frame(direction, from + step - 1) * stepUnits;
                Tile.Add(before, weights.State, gate, gates, Rows, columns, fromState);
                Step(gate, before, state);
            }
        }
    }

    /// <summary>
    /// Computes the gates and the new state of eight clips for one frame. The gate values overwrite their
    /// pre-activations.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step(float* gate, float* before, float* state)
    {
        int width = units,
            row = gates;
        for (var clip = 0; clip < Rows; clip++, gate += row, before += width, state += width)
        for (var j = 0; j < width; j += Lanes)
        {
            var reset = Simd.Sigmoid(Vector512.Load(gate + width + j));
            var update = Simd.Sigmoid(Vector512.Load(gate + 2 * width + j));
            var candidate = Simd.Tanh(
                Vector512.MultiplyAddEstimate(reset, Vector512.Load(gate + j), Vector512.Load(gate + 3 * width + j))
            );
            reset.Store(gate + width + j);
            update.Store(gate + 2 * width + j);
            candidate.Store(gate + 3 * width + j);
            Vector512.MultiplyAddEstimate(update, Vector512.Load(before + j) - candidate, candidate).Store(state + j);
        }
    }

    private Tensor MergeDirections(Tensor states, int batch, Dropout dropout)
    {
        var output = empty(batch, frames, shape.Outputs);
        float* state = states.Pointer<float>(2L * Groups(batch) * frames * Rows * units),
            outputs = output.Pointer<float>((long)batch * frames * shape.Outputs);
        var other = (long)Groups(batch) * frames * Rows * units;
        KernelThreads.Run(
            batch,
            clip =>
            {
                var mask = dropout.From((long)clip * frames * shape.Outputs);
                var forward = StateOf(state, clip);
                var to = outputs + (long)clip * frames * shape.Outputs;
                for (long frame = 0, at = 0; frame < frames; frame++, forward += Rows * units, at += shape.Outputs)
                for (var j = 0; j < units; j += Lanes)
                {
                    Vector512<float> ahead = Vector512.Load(forward + j),
                        back = Vector512.Load(forward + other + j);
                    if (shape.Multiplies)
                    {
                        ApplyDropout(ahead * back, mask, at + j).Store(to + at + j);
                        continue;
                    }
                    ApplyDropout(ahead, mask, at + j).Store(to + at + j);
                    ApplyDropout(back, mask, at + units + j).Store(to + at + units + j);
                }
            }
        );
        return output;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ApplyDropout(Vector512<float> value, DropoutMask mask, long at) =>
        mask.Active ? value * mask.At(at) : value;

    /// <summary>
    /// Returns the address of a clip's state at the first frame, in the forward direction. The states of consecutive
    /// frames are 8 * units floats apart.
    /// </summary>
    private float* StateOf(float* states, int clip) =>
        states + ((long)(clip / Rows) * frames * Rows + clip % Rows) * units;

    private int Frame(int direction, int step) => direction == 0 ? step : frames - 1 - step;

    private static void Copy(float* from, float* to, int floats) =>
        Unsafe.CopyBlockUnaligned(to, from, (uint)floats * sizeof(float));
}
