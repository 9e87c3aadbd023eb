using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Recurrence;

/// <summary>
/// Weights of one direction, packed for register tiles. The gate values are ordered: hidden part of the candidate,
/// reset, update, candidate. In this order, the first three values, which depend on the state, are contiguous, and so
/// are the last three, which depend on the input. Torch's order is reset, update, candidate.
/// </summary>
internal sealed unsafe class RecurrentWeights
{
    /// <param name="shape">Sizes of the layer, padded.</param>
    /// <param name="parameters">The eight tensors of torch's GRU.</param>
    /// <param name="direction">0: forward, 1: backward.</param>
    public RecurrentWeights(RecurrentShape shape, IReadOnlyList<Tensor> parameters, int direction)
    {
        var first = direction * GatedRecurrence.ParameterCount / 2;
        int inputs = shape.Inputs,
            units = shape.Units,
            columns = shape.Columns;
        Input = Scratch.Floats(Scratch.Shared + direction, 2L * columns * (inputs + units) + shape.Gates);
        State = Input + inputs * columns;
        InputTransposed = State + units * columns;
        StateTransposed = InputTransposed + inputs * columns;
        Bias = StateTransposed + units * columns;
        float* ih = parameters[first].Pointer<float>(columns * inputs),
            hh = parameters[first + 1].Pointer<float>(columns * units),
            bih = parameters[first + 2].Pointer<float>(columns),
            bhh = parameters[first + 3].Pointer<float>(columns);
        for (var row = 0; row < columns; row++)
        {
            for (var i = 0; i < inputs; i++)
                Input[i * columns + row] = InputTransposed[row * inputs + i] = ih[row * inputs + i];
            var column = (row + units) % columns; // the candidate comes first
            for (var i = 0; i < units; i++)
                State[i * columns + column] = StateTransposed[column * units + i] = hh[row * units + i];
        }
        for (var unit = 0; unit < units; unit++)
        {
            Bias[unit] = bhh[2 * units + unit];
            Bias[units + unit] = bih[unit] + bhh[unit];
            Bias[2 * units + unit] = bih[units + unit] + bhh[units + unit];
            Bias[3 * units + unit] = bih[2 * units + unit];
        }
    }

    /// <summary>Input weights, shape (inputs, 3 units): reset, update, candidate.</summary>
    public float* Input { get; }

    /// <summary>State weights, shape (units, 3 units): candidate, reset, update.</summary>
    public float* State { get; }

    /// <summary>Transposed <see cref="Input"/>, shape (3 units, inputs).</summary>
    public float* InputTransposed { get; }

    /// <summary>Transposed <see cref="State"/>, shape (3 units, units).</summary>
    public float* StateTransposed { get; }

    /// <summary>Biases of the four gate values, shape (4 units).</summary>
    public float* Bias { get; }
}
