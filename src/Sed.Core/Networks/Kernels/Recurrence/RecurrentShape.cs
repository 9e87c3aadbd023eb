using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Recurrence;

/// <summary>A bidirectional GRU layer and the dropout after it.</summary>
/// <param name="Inputs">Values per frame that come in; a multiple of 16 where the kernels compute.</param>
/// <param name="Units">Units of one direction; a multiple of 16 where the kernels compute.</param>
/// <param name="Frames">Frames.</param>
/// <param name="Multiplies">Whether the directions are multiplied, unit by unit; else one stands beside the other.</param>
/// <param name="Rate">Dropout rate after the layer.</param>
internal sealed record RecurrentShape(int Inputs, int Units, int Frames, bool Multiplies, double Rate)
{
    /// <summary>Clips that go through the recurrence together, the rows of one tile.</summary>
    public const int Rows = 8;

    /// <summary>Frames between which the input's part of the gates is made ahead.</summary>
    public const int Steps = 8;

    /// <summary>Gate values per clip and frame: hidden part of the candidate, reset, update, candidate.</summary>
    public int Gates => 4 * Units;

    /// <summary>Columns of a weight matrix.</summary>
    public int Columns => 3 * Units;

    /// <summary>Values per frame that go out.</summary>
    public int Outputs => Multiplies ? Units : 2 * Units;

    /// <summary>Whether the kernels can compute it.</summary>
    public bool Fits => Rate < 1;

    /// <summary>The same layer, its inputs and units widened.</summary>
    public RecurrentShape Wider() => this with { Inputs = Widened.Size(Inputs), Units = Widened.Size(Units) };

    /// <summary>This layer's eight parameters, whose rows are three gates one after the other, from those of one that may be narrower.</summary>
    public IEnumerable<Tensor> Wide(IReadOnlyList<Tensor> weights) =>
        weights.Select(
            (weight, number) =>
                (number % (GatedRecurrence.ParameterCount / 2)) switch
                {
                    0 => WideGates(weight, [Inputs]),
                    1 => WideGates(weight, [Units]),
                    _ => WideGates(weight, []),
                }
        );

    /// <summary>(3 units, values) to wider gates and more values.</summary>
    private Tensor WideGates(Tensor weight, long[] values) =>
        weight.shape.SequenceEqual([3 * Units, .. values])
            ? weight
            : Widened
                .To(weight.reshape([3, weight.shape[0] / 3, .. weight.shape[1..]]), [3, Units, .. values])
                .reshape([3 * Units, .. values]);
}
