using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Recurrence;

/// <summary>
/// A bidirectional GRU layer: r = sigmoid(Wr x + Ur h + b), z likewise, n = tanh(Wn x + b + r (Un h + c)),
/// h' = n + z (h - n), as in PyTorch. Eight clips of one direction go through all frames together; groups and
/// directions are independent and shared among the threads.
/// </summary>
internal sealed unsafe partial class GatedRecurrence
{
    /// <summary>Parameters of both directions: weight_ih, weight_hh, bias_ih, bias_hh and the same reversed.</summary>
    public const int ParameterCount = 8;

    private const int Rows = RecurrentShape.Rows;
    private const int Steps = RecurrentShape.Steps;
    private const int Lanes = Tile.Lanes;

    private readonly RecurrentShape asked;
    private readonly RecurrentShape shape;
    private readonly int inputs;
    private readonly int units;
    private readonly int frames;
    private readonly int gates;
    private readonly int columns;

    /// <param name="asked">Inputs and units of any number.</param>
    public GatedRecurrence(RecurrentShape asked)
    {
        this.asked = asked;
        shape = asked.Wider();
        (inputs, units, frames) = (shape.Inputs, shape.Units, shape.Frames);
        (gates, columns) = (shape.Gates, shape.Columns);
    }

    /// <summary>Training: dropout and, where they are enabled, gradients.</summary>
    /// <param name="input">(batch, frames, inputs), contiguous, float32.</param>
    /// <param name="parameters">Torch's eight tensors.</param>
    /// <param name="seed">Dropout seed of this layer and step.</param>
    /// <returns>(batch, frames, outputs).</returns>
    public Tensor Train(Tensor input, IReadOnlyList<Tensor> parameters, uint seed)
    {
        if (!is_grad_enabled())
            return Without(input, parameters, new Dropout(shape.Rate, seed));
        using var scope = NewDisposeScope();
        var output = Function.apply([this, seed, Wide(input), .. shape.Wide(parameters)]);
        return Cut(output).MoveToOuterDisposeScope();
    }

    /// <summary>No dropout, no gradients.</summary>
    public Tensor Infer(Tensor input, IReadOnlyList<Tensor> parameters) => Without(input, parameters, Dropout.None);

    private Tensor Without(Tensor input, IReadOnlyList<Tensor> parameters, Dropout dropout)
    {
        using var scope = NewDisposeScope();
        using var states = States((int)input.shape[0]);
        Recur(Wide(input), [.. shape.Wide(parameters)], states, null);
        return Cut(Merged(states, (int)input.shape[0], dropout)).MoveToOuterDisposeScope();
    }

    private Tensor Wide(Tensor input) => Widened.To(input, input.shape[0], frames, inputs);

    /// <summary>The units that were asked for, of both directions.</summary>
    private Tensor Cut(Tensor output) =>
        asked.Units == units ? output
        : asked.Multiplies ? output.narrow(2, 0, asked.Units)
        : output.unflatten(2, 2, units).narrow(3, 0, asked.Units).flatten(2);

    private static int Groups(int batch) => (batch + Rows - 1) / Rows;

    private Tensor States(int batch) => empty([2, Groups(batch), frames, Rows, units]).DetachFromDisposeScope();

    private (RecurrentRun Run, Tensor Output) Forward(Tensor input, IReadOnlyList<Tensor> parameters, uint seed)
    {
        var batch = (int)input.shape[0];
        var states = States(batch);
        var gateValues = empty([2, Groups(batch), frames, Rows, gates]).DetachFromDisposeScope();
        Recur(input, parameters, states, Kernels.Lanes.Memory<float>(gateValues));
        var run = new RecurrentRun
        {
            Input = input.alias().DetachFromDisposeScope(),
            Gates = gateValues,
            States = states,
            Dropout = new Dropout(shape.Rate, seed),
        };
        return (run, Merged(states, batch, run.Dropout));
    }

    private void Recur(Tensor input, IReadOnlyList<Tensor> parameters, Tensor states, float* kept)
    {
        var batch = (int)input.shape[0];
        var groups = Groups(batch);
        RecurrentWeights[] weights = [new(shape, parameters, 0), new(shape, parameters, 1)];
        float* clips = Kernels.Lanes.Memory<float>(input),
            state = Kernels.Lanes.Memory<float>(states);
        Crew.Share(
            2 * groups,
            piece =>
            {
                var group = piece % groups;
                RecurGroup(
                    clips + (long)group * Rows * frames * inputs,
                    Math.Min(Rows, batch - group * Rows),
                    weights[piece / groups],
                    piece / groups,
                    kept is null ? null : kept + (long)piece * frames * Rows * gates,
                    state + (long)piece * frames * Rows * units
                );
            }
        );
    }

    private void RecurGroup(float* clips, int rows, RecurrentWeights weights, int direction, float* kept, float* states)
    {
        int stepGates = Rows * gates,
            stepUnits = Rows * units;
        var rowsOfInput = Scratch.Floats(0, Rows * inputs);
        var ahead = Scratch.Floats(1, (long)Steps * stepGates);
        Kernels.Lanes.Clear(rowsOfInput, Rows * inputs);
        var fromInput = new Walk(inputs, inputs, 1, columns);
        var fromState = new Walk(units, units, 1, columns);
        for (var from = 0; from < frames; from += Steps)
        {
            var count = Math.Min(Steps, frames - from);
            for (var step = 0; step < count; step++)
            {
                var frame = Frame(direction, from + step);
                var gate = kept is null ? ahead + step * stepGates : kept + (long)frame * stepGates;
                for (var row = 0; row < Rows; row++)
                    Copy(weights.Bias, gate + row * gates, gates);
                for (var row = 0; row < rows; row++)
                    Copy(clips + ((long)row * frames + frame) * inputs, rowsOfInput + row * inputs, inputs);
                Tile.Add(rowsOfInput, weights.Input, gate + units, gates, Rows, columns, fromInput);
            }
            for (var step = 0; step < count; step++)
            {
                var frame = Frame(direction, from + step);
                var gate = kept is null ? ahead + step * stepGates : kept + (long)frame * stepGates;
                var state = states + (long)frame * stepUnits;
                if (from + step == 0)
                {
                    Kernels.Lanes.Clear(state, stepUnits);
                    Step(gate, state, state);
                    continue;
                }
                var before = states + (long)Frame(direction, from + step - 1) * stepUnits;
                Tile.Add(before, weights.State, gate, gates, Rows, columns, fromState);
                Step(gate, before, state);
            }
        }
    }

    /// <summary>The gates' functions and the new state, for eight clips; the gates keep their values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Step(float* gate, float* before, float* state)
    {
        int width = units,
            row = gates;
        for (var clip = 0; clip < Rows; clip++, gate += row, before += width, state += width)
        for (var j = 0; j < width; j += Lanes)
        {
            var reset = Kernels.Lanes.Sigmoid(Vector512.Load(gate + width + j));
            var update = Kernels.Lanes.Sigmoid(Vector512.Load(gate + 2 * width + j));
            var candidate = Kernels.Lanes.Tanh(
                Vector512.MultiplyAddEstimate(reset, Vector512.Load(gate + j), Vector512.Load(gate + 3 * width + j))
            );
            reset.Store(gate + width + j);
            update.Store(gate + 2 * width + j);
            candidate.Store(gate + 3 * width + j);
            Vector512.MultiplyAddEstimate(update, Vector512.Load(before + j) - candidate, candidate).Store(state + j);
        }
    }

    private Tensor Merged(Tensor states, int batch, Dropout dropout)
    {
        var output = empty(batch, frames, shape.Outputs);
        float* state = Kernels.Lanes.Memory<float>(states),
            outputs = Kernels.Lanes.Memory<float>(output);
        var other = (long)Groups(batch) * frames * Rows * units;
        Crew.Share(
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
                        Kept(ahead * back, mask, at + j).Store(to + at + j);
                        continue;
                    }
                    Kept(ahead, mask, at + j).Store(to + at + j);
                    Kept(back, mask, at + units + j).Store(to + at + units + j);
                }
            }
        );
        return output;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Kept(Vector512<float> value, DropoutMask mask, long at) =>
        mask.Active ? value * mask.At(at) : value;

    /// <summary>A clip's first state in the forward direction; frames are 8 * units apart.</summary>
    private float* StateOf(float* states, int clip) =>
        states + ((long)(clip / Rows) * frames * Rows + clip % Rows) * units;

    private int Frame(int direction, int step) => direction == 0 ? step : frames - 1 - step;

    private static void Copy(float* from, float* to, int floats) =>
        Unsafe.CopyBlockUnaligned(to, from, (uint)floats * sizeof(float));
}
