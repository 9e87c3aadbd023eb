using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Features;

/// <summary>
/// The bands of features that are logarithms of energies, and the conversion between their values and powers. The power
/// of a band is its energy, or the square of its magnitude, before the logarithm.
/// </summary>
internal sealed record EnergyBands
{
    // Values that exceed the smallest value by less than this fraction count as equal to it, because of rounding.
    private const double Rounding = 1e-3;

    /// <summary>Index of the first band that is a logarithm of an energy, in a frame. Default 0.</summary>
    public int First { get; init; }

    /// <summary>Number of bands that are logarithms of energies.</summary>
    public required int Count { get; init; }

    /// <summary>Whether the values are logarithms of magnitudes instead of powers.</summary>
    public required bool AreMagnitudes { get; init; }

    /// <summary>Factor of the natural logarithm, for example 20 / ln(10) for magnitudes in decibels.</summary>
    public required double LogarithmScale { get; init; }

    /// <summary>Constant that keeps the logarithm finite.</summary>
    public required double Floor { get; init; }

    /// <summary>
    /// Whether the floor is added to the argument of the logarithm; otherwise, it is the lower bound of the argument.
    /// </summary>
    public required bool IsFloorAdded { get; init; }

    /// <summary>Lower limit of the logarithms. Default none.</summary>
    public double? Lowest { get; init; }

    /// <summary>Upper limit of the logarithms. Default none.</summary>
    public double? Highest { get; init; }

    /// <summary>Constant added to the logarithms. Default 0.</summary>
    public double Shift { get; init; }

    /// <summary>Divisor of the logarithms after the shift. Default 1.</summary>
    public double Divisor { get; init; } = 1;

    /// <summary>The power of white noise in each band, relative to its power in all bands together.</summary>
    public required Lazy<float[]> WhiteNoise { get; init; }

    /// <summary>
    /// Converts feature values to powers. The values are not standardised and have any shape. Values at the floor or at
    /// the lower limit are silence and have the power 0.
    /// </summary>
    public Tensor ToPowers(Tensor values)
    {
        var linear = values.Times(Divisor / LogarithmScale).Plus(-Shift / LogarithmScale).exp_();
        var smallest = Math.Max(Floor, Lowest is { } lowest ? Math.Exp(lowest / LogarithmScale) : 0);
        var isSound = linear.gt(tensor((float)(smallest * (1 + Rounding)), device: values.device));
        if (IsFloorAdded)
            linear = linear.Plus(-Floor);
        linear = linear.where(isSound, zeros_like(linear));
        return AreMagnitudes ? linear.Squared() : linear;
    }

    /// <summary>Converts powers to feature values; the inverse of <see cref="ToPowers"/>.</summary>
    public Tensor FromPowers(Tensor powers)
    {
        var linear = AreMagnitudes ? powers.sqrt() : powers;
        var values = (IsFloorAdded ? linear.Plus(Floor) : linear.AtLeast(Floor)).log_().Times(LogarithmScale);
        if (Lowest is { } lowest)
            values = values.AtLeast(lowest);
        if (Highest is { } highest)
            values = values.AtMost(highest);
        return values.Plus(Shift).Over(Divisor);
    }
}
