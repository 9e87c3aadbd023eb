namespace Sed.Core.Labelling.Estimates;

/// <summary>An estimate with its 95 % interval.</summary>
/// <param name="Value">The estimate; NaN if it is undefined, for example the precision without detections.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public readonly record struct Estimate(double Value, double Low, double High)
{
    /// <summary>Whether the estimate is defined. The interval of an undefined share is 0 to 1.</summary>
    public bool IsDefined => !double.IsNaN(Value);

    /// <summary>
    /// The estimate and its interval, multiplied by a number, for example by the number of stretches.
    /// </summary>
    /// <param name="factor">The number, at least 0.</param>
    public Estimate Times(double factor) => new(Value * factor, Low * factor, High * factor);
}
