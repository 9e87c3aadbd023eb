using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Features;

/// <summary>
/// The bands of features that are logarithms of energies, and the conversion between their values and powers. The power
/// of a band is its energy, or the square of its magnitude, before the logarithm.
/// </summary>
internal sealed record EnergyBands
{
    /// <summary>Index of the first of these bands among the values of a frame. Default 0.</summary>
    public int First { get; init; }

    /// <summary>Number of bands.</summary>
    public required int Count { get; init; }

    /// <summary>Whether the logarithm is that of magnitudes instead of powers.</summary>
    public required bool AreMagnitudes { get; init; }

    /// <summary>Factor of the natural logarithm, for example 20 / ln(10) for magnitudes in decibels.</summary>
    public required double LogarithmScale { get; init; }

    /// <summary>Constant that keeps the logarithm finite.</summary>
    public required double Floor { get; init; }

    /// <summary>Whether the floor is added to the value or is its lower bound.</summary>
    public required bool IsFloorAdded { get; init; }

    /// <summary>Lower limit of the logarithms. Default none.</summary>
    public double? Lowest { get; init; }

    /// <summary>Upper limit of the logarithms. Default none.</summary>
    public double? Highest { get; init; }

    /// <summary>Constant added to the logarithms. Default 0.</summary>
    public double Shift { get; init; }

    /// <summary>Divisor of the logarithms after the shift. Default 1.</summary>
    public double Divisor { get; init; } = 1;

    /// <summary>The power of white noise in each band, relative to the power in all bands.</summary>
    public required Lazy<float[]> WhiteNoise { get; init; }

    /// <summary>
    /// Mean power at and below which a clip is silent: twice the smallest power that the features can represent, because of
    /// rounding.
    /// </summary>
    public float SilentPower
    {
        get
        {
            var smallest = Math.Max(Floor, Math.Exp((Lowest ?? double.NegativeInfinity) / LogarithmScale));
            return (float)(2 * (AreMagnitudes ? smallest * smallest : smallest));
        }
    }

    /// <summary>
    /// Powers of feature values that are not standardised, of any shape. Values at the floor have the power 0 if the floor
    /// is added, and the power of the floor otherwise.
    /// </summary>
    public Tensor ToPowers(Tensor values)
    {
        var linear = values.Times(Divisor / LogarithmScale).Plus(-Shift / LogarithmScale).exp_();
        if (IsFloorAdded)
            linear = linear.Plus(-Floor).AtLeast(0);
        return AreMagnitudes ? linear.square() : linear;
    }

    /// <summary>Feature values of powers, the inverse of <see cref="ToPowers"/>.</summary>
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
