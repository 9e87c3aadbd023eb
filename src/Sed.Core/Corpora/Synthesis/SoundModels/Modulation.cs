namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>Periodic functions that modulate pitch and level. Positions are in periods.</summary>
internal static class Modulation
{
    /// <summary>The phase within a period, 0 to 1.</summary>
    internal static double Phase(double x) => x - Math.Floor(x);

    /// <summary>A raised cosine: 0 at whole numbers, 1 halfway between them.</summary>
    internal static double RaisedCosine(double x) => 0.5 - (0.5 * Math.Cos(2 * Math.PI * x));

    /// <summary>A smooth sweep: rises from 0 to 1 and falls back to 0.</summary>
    /// <param name="x">Position in periods.</param>
    /// <param name="rise">Fraction of the period in which the value rises, 0 to 1.</param>
    internal static double Sweep(double x, double rise)
    {
        var phase = Phase(x);
        var half = phase < rise ? 0.5 * phase / rise : 0.5 + (0.5 * (phase - rise) / (1 - rise));
        return RaisedCosine(half);
    }

    /// <summary>A trapezoidal pulse: 1 during the first part of the period, <paramref name="floor"/> during the rest.</summary>
    /// <param name="x">Position in periods.</param>
    /// <param name="on">Fraction of the period in which the pulse is on, 0 to 1.</param>
    /// <param name="floor">Value while the pulse is off.</param>
    /// <param name="ramp">Duration of rise and fall, in periods.</param>
    internal static double Pulse(double x, double on, double floor = 0, double ramp = 0.04)
    {
        var phase = Phase(x);
        var level = Math.Clamp(Math.Min(phase, on - phase) / ramp, 0, 1);
        return floor + ((1 - floor) * level);
    }
}
