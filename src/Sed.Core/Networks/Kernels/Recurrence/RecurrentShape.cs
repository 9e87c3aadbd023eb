using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Recurrence;

/// <summary>Sizes of a bidirectional GRU layer and the dropout after it.</summary>
/// <param name="Inputs">
/// Number of input values per frame. <see cref="Padded"/> rounds it up to a multiple of 16 for the CPU kernels.
/// </param>
/// <param name="Units">
/// Number of units per direction. <see cref="Padded"/> rounds it up to a multiple of 16 for the CPU kernels.
/// </param>
/// <param name="Frames">Number of frames.</param>
/// <param name="Multiplies">
/// Whether the two directions are multiplied unit by unit; otherwise they are concatenated.
/// </param>
/// <param name="Rate">Dropout rate after the layer.</param>
internal sealed record RecurrentShape(int Inputs, int Units, int Frames, bool Multiplies, double Rate)
{
    /// <summary>Number of clips that are processed together: the rows of a register tile.</summary>
    public const int Rows = 8;

    /// <summary>Number of frames whose input contributions to the gates are computed together.</summary>
    public const int Steps = 8;

    /// <summary>
    /// Number of gate values per clip and frame. They are stored in the order: hidden part of the candidate, reset,
    /// update, candidate.
    /// </summary>
    public int Gates => 4 * Units;

    /// <summary>Number of columns of a weight matrix.</summary>
    public int Columns => 3 * Units;

    /// <summary>Number of output values per frame.</summary>
    public int Outputs => Multiplies ? Units : 2 * Units;

    /// <summary>Whether the CPU kernels support the layer.</summary>
    public bool Fits => Rate < 1;

    /// <summary>The sizes with inputs and units padded to multiples of 16.</summary>
    public RecurrentShape Padded() => this with { Inputs = Simd.RoundUp(Inputs), Units = Simd.RoundUp(Units) };

    /// <summary>Pads the eight parameters of a layer to the sizes of this shape.</summary>
    public IEnumerable<Tensor> Pad(IReadOnlyList<Tensor> parameters) =>
        parameters.Select(
            (parameter, number) =>
                (number % (GatedRecurrence.ParameterCount / 2)) switch
                {
                    0 => PadGates(parameter, [Inputs]),
                    1 => PadGates(parameter, [Units]),
                    _ => PadGates(parameter, []),
                }
        );

    /// <summary>Pads each of the three gates of a parameter, shape (3 units, values).</summary>
    private Tensor PadGates(Tensor parameter, long[] values) =>
        parameter.shape.SequenceEqual([3 * Units, .. values])
            ? parameter
            : Simd.Pad(parameter.reshape([3, parameter.shape[0] / 3, .. parameter.shape[1..]]), [3, Units, .. values])
                .reshape([3 * Units, .. values]);
}

/// <summary>
/// Tensors that the forward pass of a recurrent layer saves for the backward pass. A group has eight clips.
/// </summary>
internal sealed class SavedRecurrence : IDisposable
{
    /// <summary>Input, shape (batch, frames, inputs).</summary>
    public required Tensor Input { get; init; }

    /// <summary>Gates of both directions, shape (2, groups, frames, 8, 4 units).</summary>
    public required Tensor Gates { get; init; }

    /// <summary>States of both directions, shape (2, groups, frames, 8, units).</summary>
    public required Tensor States { get; init; }

    /// <summary>Dropout after the layer.</summary>
    public required Dropout Dropout { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Input.Dispose();
        Gates.Dispose();
        States.Dispose();
    }
}
