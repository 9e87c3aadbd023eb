using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Recurrence;

internal sealed unsafe partial class GatedRecurrence
{
    /// <summary>The backward pass; the run's gates become their gradients.</summary>
    /// <returns>Gradients of the input and of the eight parameters.</returns>
    private List<Tensor> Backward(RecurrentRun run, Tensor outputGradient, IReadOnlyList<Tensor> parameters)
    {
        var batch = (int)run.Input.shape[0];
        var groups = Groups(batch);
        RecurrentWeights[] weights = [new(shape, parameters, 0), new(shape, parameters, 1)];
        using var gradient = outputGradient.contiguous();
        using var inputGradients = empty(2, batch, frames, inputs);
        var perPiece = (long)columns * (inputs + units) + gates;
        using var sums = zeros(2 * groups, perPiece);
        float* output = Kernels.Lanes.Memory<float>(gradient),
            toInput = Kernels.Lanes.Memory<float>(inputGradients),
            sum = Kernels.Lanes.Memory<float>(sums);
        Crew.Share(
            2 * groups,
            piece =>
                BackwardGroup(
                    run,
                    piece % groups,
                    groups,
                    batch,
                    weights[piece / groups],
                    piece / groups,
                    output,
                    toInput + (long)(piece / groups) * batch * frames * inputs,
                    sum + piece * perPiece
                )
        );
        List<Tensor> gradients = [inputGradients.sum(dim: [0L])];
        for (var direction = 0; direction < 2; direction++)
        {
            var own = sum + (long)direction * groups * perPiece;
            for (var group = 1; group < groups; group++)
            for (var i = 0; i < perPiece; i++)
                own[i] += own[group * perPiece + i];
            gradients.AddRange(Unpacked(own));
        }
        return gradients;
    }

    private void BackwardGroup(
        RecurrentRun run,
        int group,
        int groups,
        int batch,
        RecurrentWeights weights,
        int direction,
        float* outputGradient,
        float* inputGradient,
        float* sums
    )
    {
        var first = group * Rows;
        var rows = Math.Min(Rows, batch - first);
        int stepGates = Rows * gates,
            stepUnits = Rows * units;
        var allStates = Kernels.Lanes.Memory<float>(run.States);
        var states = allStates + (long)(direction * groups + group) * frames * stepUnits;
        var others = allStates + (long)((1 - direction) * groups + group) * frames * stepUnits;
        var gate = Kernels.Lanes.Memory<float>(run.Gates) + (long)(direction * groups + group) * frames * stepGates;
        var clips = Kernels.Lanes.Memory<float>(run.Input) + (long)first * frames * inputs;
        var stateGradient = Scratch.Floats(0, stepUnits);
        var before = Scratch.Floats(1, stepUnits);
        var inputRows = Scratch.Floats(2, (long)Steps * Rows * inputs);
        var backRows = Scratch.Floats(3, Rows * inputs);
        Kernels.Lanes.Clear(stateGradient, stepUnits);
        Kernels.Lanes.Clear(before, stepUnits);
        Kernels.Lanes.Clear(inputRows, (long)Steps * Rows * inputs);
        float* inputSums = sums,
            stateSums = sums + (long)columns * inputs,
            biasSums = stateSums + (long)columns * units;
        var throughState = new Walk(gates, columns, 1, units);
        var throughInput = new Walk(gates, columns, 1, inputs);
        for (var until = frames; until > 0; until -= Steps)
        {
            var from = Math.Max(0, until - Steps); // steps in the order of the forward pass
            for (var step = until - 1; step >= from; step--)
            {
                var frame = Frame(direction, step);
                AddOutputGradient(run, first, rows, direction, frame, outputGradient, others, stateGradient);
                var previous = step == 0 ? before : states + (long)Frame(direction, step - 1) * stepUnits;
                var own = gate + (long)frame * stepGates;
                StepBack(own, previous, stateGradient, biasSums);
                if (step > 0)
                    Tile.Add(own, weights.StateBack, stateGradient, units, Rows, units, throughState);
            }
            // The weights' gradients over these frames: they are neighbours in memory in either direction.
            var lowest = Math.Min(Frame(direction, from), Frame(direction, until - 1));
            var count = until - from;
            for (var step = 0; step < count; step++)
            {
                for (var row = 0; row < rows; row++)
                    Copy(
                        clips + ((long)row * frames + lowest + step) * inputs,
                        inputRows + (step * Rows + row) * inputs,
                        inputs
                    );
                Kernels.Lanes.Clear(backRows, Rows * inputs);
                var own = gate + (long)(lowest + step) * stepGates;
                Tile.Add(own + units, weights.InputBack, backRows, inputs, Rows, inputs, throughInput);
                for (var row = 0; row < rows; row++)
                    Copy(
                        backRows + row * inputs,
                        inputGradient + ((long)(first + row) * frames + lowest + step) * inputs,
                        inputs
                    );
            }
            var overInput = new Walk(1, count * Rows, inputs, gates);
            Tile.Add(
                inputRows,
                gate + (long)lowest * stepGates + units,
                inputSums,
                columns,
                inputs,
                columns,
                overInput
            );
            // The state before the first step is zero and adds nothing.
            var skipped = from == 0 ? 1 : 0;
            if (count == skipped)
                continue;
            var lowestWithState = direction == 0 ? lowest + skipped : lowest;
            var overState = new Walk(1, (count - skipped) * Rows, units, gates);
            Tile.Add(
                states + (long)(lowestWithState + (direction == 0 ? -1 : 1)) * stepUnits,
                gate + (long)lowestWithState * stepGates,
                stateSums,
                columns,
                units,
                columns,
                overState
            );
        }
    }

    /// <summary>Adds what comes from above at one frame: through dropout and the merging of the directions.</summary>
    private void AddOutputGradient(
        RecurrentRun run,
        int first,
        int rows,
        int direction,
        int frame,
        float* outputGradient,
        float* others,
        float* stateGradient
    )
    {
        var multiply = shape.Multiplies;
        for (var row = 0; row < rows; row++)
        {
            var at = ((long)(first + row) * frames + frame) * shape.Outputs + (multiply ? 0 : direction * units);
            // The mask counts within the clip from the clip's first element, as the forward pass does.
            var mask = run.Dropout.From(at);
            var other = others + ((long)frame * Rows + row) * units;
            for (var j = 0; j < units; j += Lanes)
            {
                var gradient = Kept(Vector512.Load(outputGradient + at + j), mask, j);
                if (multiply)
                    gradient *= Vector512.Load(other + j);
                (Vector512.Load(stateGradient + row * units + j) + gradient).Store(stateGradient + row * units + j);
            }
        }
    }

    /// <summary>
    /// From the gradient of a state to those of its gates (in place) and to the direct part of that of the state before.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StepBack(float* gate, float* before, float* stateGradient, float* biasSums)
    {
        int width = units,
            row = gates;
        var one = Vector512<float>.One;
        for (var clip = 0; clip < Rows; clip++, gate += row, before += width, stateGradient += width)
        for (var j = 0; j < width; j += Lanes)
        {
            Vector512<float> hidden = Vector512.Load(gate + j),
                reset = Vector512.Load(gate + width + j),
                update = Vector512.Load(gate + 2 * width + j),
                candidate = Vector512.Load(gate + 3 * width + j),
                gradient = Vector512.Load(stateGradient + j);
            var toUpdate = gradient * (Vector512.Load(before + j) - candidate) * update * (one - update);
            var toCandidate = gradient * (one - update) * (one - candidate * candidate);
            var toHidden = toCandidate * reset;
            var toReset = toCandidate * hidden * reset * (one - reset);
            toHidden.Store(gate + j);
            toReset.Store(gate + width + j);
            toUpdate.Store(gate + 2 * width + j);
            toCandidate.Store(gate + 3 * width + j);
            (gradient * update).Store(stateGradient + j);
            (Vector512.Load(biasSums + j) + toHidden).Store(biasSums + j);
            (Vector512.Load(biasSums + width + j) + toReset).Store(biasSums + width + j);
            (Vector512.Load(biasSums + 2 * width + j) + toUpdate).Store(biasSums + 2 * width + j);
            (Vector512.Load(biasSums + 3 * width + j) + toCandidate).Store(biasSums + 3 * width + j);
        }
    }

    /// <summary>One direction's sums as gradients of torch's weight_ih, weight_hh, bias_ih and bias_hh.</summary>
    private Tensor[] Unpacked(float* sums)
    {
        Tensor[] gradients = [empty(columns, inputs), empty(columns, units), empty(columns), empty(columns)];
        float* ih = Kernels.Lanes.Memory<float>(gradients[0]),
            hh = Kernels.Lanes.Memory<float>(gradients[1]),
            bih = Kernels.Lanes.Memory<float>(gradients[2]),
            bhh = Kernels.Lanes.Memory<float>(gradients[3]),
            stateSums = sums + (long)columns * inputs,
            biasSums = stateSums + (long)columns * units;
        for (var row = 0; row < columns; row++)
        {
            var column = (row + units) % columns;
            for (var i = 0; i < inputs; i++)
                ih[row * inputs + i] = sums[i * columns + row];
            for (var i = 0; i < units; i++)
                hh[row * units + i] = stateSums[i * columns + column];
            bih[row] = biasSums[units + row];
            bhh[row] = biasSums[column];
        }
        return gradients;
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(GatedRecurrence);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var layer = (GatedRecurrence)arguments[0];
            var parameters = arguments.Skip(3).Cast<Tensor>().ToArray();
            var (run, output) = layer.Forward((Tensor)arguments[2], parameters, (uint)arguments[1]);
            context.save_data("layer", layer);
            context.save_data("run", run);
            context.save_for_backward([.. parameters]);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var layer = (GatedRecurrence)context.get_data("layer");
            using var run = (RecurrentRun)context.get_data("run");
            return [null!, null!, .. layer.Backward(run, gradient, context.get_saved_variables())];
        }
    }
}
