using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Recurrence;

/// <summary>
/// One direction's weights, packed for tiles. Gates lie as (hidden part of the candidate, reset, update, candidate), so
/// that the three that the state feeds and the three that the input feeds are both neighbours. Torch keeps rows in the
/// order reset, update, candidate.
/// </summary>
internal sealed unsafe class RecurrentWeights
{
    /// <param name="shape">The layer.</param>
    /// <param name="parameters">Torch's eight tensors.</param>
    /// <param name="direction">0: forward, 1: backward.</param>
    public RecurrentWeights(RecurrentShape shape, IReadOnlyList<Tensor> parameters, int direction)
    {
        var first = direction * GatedRecurrence.ParameterCount / 2;
        int inputs = shape.Inputs,
            units = shape.Units,
            columns = shape.Columns;
        Input = Scratch.Floats(Scratch.Shared + direction, 2L * columns * (inputs + units) + shape.Gates);
        State = Input + inputs * columns;
        InputBack = State + units * columns;
        StateBack = InputBack + inputs * columns;
        Bias = StateBack + units * columns;
        float* ih = Lanes.Memory<float>(parameters[first]),
            hh = Lanes.Memory<float>(parameters[first + 1]),
            bih = Lanes.Memory<float>(parameters[first + 2]),
            bhh = Lanes.Memory<float>(parameters[first + 3]);
        for (var row = 0; row < columns; row++)
        {
            for (var i = 0; i < inputs; i++)
                Input[i * columns + row] = InputBack[row * inputs + i] = ih[row * inputs + i];
            var column = (row + units) % columns; // candidate first
            for (var i = 0; i < units; i++)
                State[i * columns + column] = StateBack[column * units + i] = hh[row * units + i];
        }
        for (var unit = 0; unit < units; unit++)
        {
            Bias[unit] = bhh[2 * units + unit];
            Bias[units + unit] = bih[unit] + bhh[unit];
            Bias[2 * units + unit] = bih[units + unit] + bhh[units + unit];
            Bias[3 * units + unit] = bih[2 * units + unit];
        }
    }

    /// <summary>(inputs, reset update candidate).</summary>
    public float* Input { get; }

    /// <summary>(units, candidate reset update).</summary>
    public float* State { get; }

    /// <summary>(reset update candidate, inputs).</summary>
    public float* InputBack { get; }

    /// <summary>(candidate reset update, units).</summary>
    public float* StateBack { get; }

    /// <summary>Bias of the four gate values.</summary>
    public float* Bias { get; }
}
