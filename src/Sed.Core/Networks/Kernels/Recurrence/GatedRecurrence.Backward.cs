using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Recurrence;

internal sealed unsafe partial class GatedRecurrence
{
    /// <summary>Backward pass. Overwrites the saved gates with the gradients of their pre-activations.</summary>
    /// <returns>Gradients of the input and of the eight parameters.</returns>
    private List<Tensor> Backward(SavedRecurrence saved, Tensor outputGradient, IReadOnlyList<Tensor> parameters)
    {
        var batch = (int)saved.Input.shape[0];
        var groups = Groups(batch);
        RecurrentWeights[] weights = [new(shape, parameters, 0), new(shape, parameters, 1)];
        using var gradient = outputGradient.contiguous();
        using var inputGradients = empty(2, batch, frames, inputs);
        var perItem = (long)columns * (inputs + units) + gates;
        using var sums = zeros(2 * groups, perItem);
        float* output = gradient.Pointer<float>((long)batch * frames * shape.Outputs),
            toInput = inputGradients.Pointer<float>(2L * batch * frames * inputs),
            sum = sums.Pointer<float>(2 * groups * perItem);
        KernelThreads.Run(
            2 * groups,
            item =>
                BackwardGroup(
                    saved,
                    item % groups,
                    groups,
                    batch,
                    weights[item / groups],
                    item / groups,
                    output,
                    toInput + (long)(item / groups) * batch * frames * inputs,
                    sum + item * perItem
                )
        );
        List<Tensor> gradients = [inputGradients.sum(dim: [0L])];
        for (var direction = 0; direction < 2; direction++)
        {
            var own = sum + (long)direction * groups * perItem;
            for (var group = 1; group < groups; group++)
            for (var i = 0; i < perItem; i++)
                own[i] += own[group * perItem + i];
            gradients.AddRange(Unpacked(own));
        }
        return gradients;
    }

    private void BackwardGroup(
        SavedRecurrence saved,
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
        var allStates = saved.States.Pointer<float>(2L * groups * frames * stepUnits);
        var states = allStates + (long)(direction * groups + group) * frames * stepUnits;
        var others = allStates + (long)((1 - direction) * groups + group) * frames * stepUnits;
        var gate =
            saved.Gates.Pointer<float>(2L * groups * frames * stepGates)
            + (long)(direction * groups + group) * frames * stepGates;
        var clips = saved.Input.Pointer<float>((long)batch * frames * inputs) + (long)first * frames * inputs;
        var stateGradient = Scratch.Floats(0, stepUnits);
        var before = Scratch.Floats(1, stepUnits);
        var inputRows = Scratch.Floats(2, (long)Steps * Rows * inputs);
        var backRows = Scratch.Floats(3, Rows * inputs);
        Simd.Clear(stateGradient, stepUnits);
        Simd.Clear(before, stepUnits);
        Simd.Clear(inputRows, (long)Steps * Rows * inputs);
        float* inputSums = sums,
            stateSums = sums + (long)columns * inputs,
            biasSums = stateSums + (long)columns * units;
        var throughState = new ReductionLoop(gates, columns, 1, units);
        var throughInput = new ReductionLoop(gates, columns, 1, inputs);
        for (var until = frames; until > 0; until -= Steps)
        {
            var from = Math.Max(0, until - Steps); // steps are numbered in the order of the forward pass
            for (var step = until - 1; step >= from; step--)
            {
                var frame = Frame(direction, step);
                AddOutputGradient(saved, first, rows, direction, frame, outputGradient, others, stateGradient);
                var previous = step == 0 ? before : states + (long)Frame(direction, step - 1) * stepUnits;
                var own = gate + (long)frame * stepGates;
                StepBack(own, previous, stateGradient, biasSums);
                if (step > 0)
                    Tile.Add(own, weights.StateTransposed, stateGradient, units, Rows, units, throughState);
            }
            // The gradients of the weights are summed over these frames, which are contiguous in memory for both
            // directions.
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
                Simd.Clear(backRows, Rows * inputs);
                var own = gate + (long)(lowest + step) * stepGates;
                Tile.Add(own + units, weights.InputTransposed, backRows, inputs, Rows, inputs, throughInput);
                for (var row = 0; row < rows; row++)
                    Copy(
                        backRows + row * inputs,
                        inputGradient + ((long)(first + row) * frames + lowest + step) * inputs,
                        inputs
                    );
            }
            var overInput = new ReductionLoop(1, count * Rows, inputs, gates);
            Tile.Add(
                inputRows,
                gate + (long)lowest * stepGates + units,
                inputSums,
                columns,
                inputs,
                columns,
                overInput
            );
            // The state before the first step is zero and contributes nothing.
            var skipped = from == 0 ? 1 : 0;
            if (count == skipped)
                continue;
            var lowestWithState = direction == 0 ? lowest + skipped : lowest;
            var overState = new ReductionLoop(1, (count - skipped) * Rows, units, gates);
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

    /// <summary>
    /// Propagates one frame's output gradient back through dropout and the merging of the directions, and adds it to
    /// the gradient of the state.
    /// </summary>
    private void AddOutputGradient(
        SavedRecurrence saved,
        int first,
        int rows,
        int direction,
        int frame,
        float* outputGradient,
        float* others,
        float* stateGradient
    )
    {
        var multiplies = shape.Multiplies;
        for (var row = 0; row < rows; row++)
        {
            var at = ((long)(first + row) * frames + frame) * shape.Outputs + (multiplies ? 0 : direction * units);
            // As in the forward pass, the mask is indexed from the first element of the output.
            var mask = saved.Dropout.From(at);
            var other = others + ((long)frame * Rows + row) * units;
            for (var j = 0; j < units; j += Lanes)
            {
                var gradient = ApplyDropout(Vector512.Load(outputGradient + at + j), mask, j);
                if (multiplies)
                    gradient *= Vector512.Load(other + j);
                (Vector512.Load(stateGradient + row * units + j) + gradient).Store(stateGradient + row * units + j);
            }
        }
    }

    /// <summary>
    /// Propagates the gradient of eight clips' state back through one frame, in place: overwrites the gates with the
    /// gradients of their pre-activations, and the state's gradient with the part of the previous state's gradient that does
    /// not flow through the gates.
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

    /// <summary>
    /// Converts one direction's sums to the gradients of torch's weight_ih, weight_hh, bias_ih and bias_hh.
    /// </summary>
    private Tensor[] Unpacked(float* sums)
    {
        Tensor[] gradients = [empty(columns, inputs), empty(columns, units), empty(columns), empty(columns)];
        float* ih = gradients[0].Pointer<float>(columns * inputs),
            hh = gradients[1].Pointer<float>(columns * units),
            bih = gradients[2].Pointer<float>(columns),
            bhh = gradients[3].Pointer<float>(columns),
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
            var (saved, output) = layer.Forward((Tensor)arguments[2], parameters, (uint)arguments[1]);
            context.save_data("layer", layer);
            context.save_data("saved", saved);
            context.save_for_backward([.. parameters]);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var layer = (GatedRecurrence)context.get_data("layer");
            using var saved = (SavedRecurrence)context.get_data("saved");
            return [null!, null!, .. layer.Backward(saved, gradient, context.get_saved_variables())];
        }
    }
}
