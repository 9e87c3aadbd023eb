namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>What a pitch or a level does over one period. Positions count periods; one period is 0 to 1.</summary>
internal static class Motion
{
    /// <summary>The place in the period.</summary>
    internal static double Fraction(double x) => x - Math.Floor(x);

    /// <summary>0 at whole numbers, 1 half way between them, without corners.</summary>
    internal static double Hump(double x) => 0.5 - (0.5 * Math.Cos(2 * Math.PI * x));

    /// <summary>Climbs from 0 to 1 during a part of the period and falls back during the rest, without corners.</summary>
    internal static double Swing(double x, double climb)
    {
        var place = Fraction(x);
        var half = place < climb ? 0.5 * place / climb : 0.5 + (0.5 * (place - climb) / (1 - climb));
        return Hump(half);
    }

    /// <summary>1 during the first part of the period, <paramref name="floor"/> during the rest; short flanks.</summary>
    internal static double Pulse(double x, double on, double floor = 0, double flank = 0.04)
    {
        var place = Fraction(x);
        var level = Math.Clamp(Math.Min(place, on - place) / flank, 0, 1);
        return floor + ((1 - floor) * level);
    }
}
