namespace Sed.Core.Networks.Kernels;

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
}
