using System.Globalization;

namespace Sed.Core.Metrics.Counts;

/// <summary>The value of a metric, or the reason why it is undefined.</summary>
public readonly record struct Rate
{
    /// <summary>A defined value.</summary>
    /// <exception cref="ArgumentException">
    /// The value is NaN; use <see cref="Undefined"/> and give the reason.
    /// </exception>
    public Rate(double value)
    {
        if (double.IsNaN(value))
            throw new ArgumentException("A rate cannot be NaN; use Rate.Undefined with a reason.", nameof(value));
        Value = value;
    }

    private Rate(string why) => (Value, Why) = (double.NaN, why);

    /// <summary>The value, a fraction and not a percentage; NaN when undefined.</summary>
    public double Value { get; }

    /// <summary>The reason why the value is undefined; null if it is defined.</summary>
    public string? Why { get; }

    /// <summary>Whether there is a value.</summary>
    public bool IsDefined => Why is null;

    /// <summary>An undefined value.</summary>
    /// <param name="why">The reason, for example "nothing was estimated".</param>
    public static Rate Undefined(string why) => new(why);

    /// <summary>A defined value.</summary>
    public static implicit operator Rate(double value) => new(value);

    /// <summary>The value in invariant notation, or "undefined: " and the reason.</summary>
    public override string ToString() =>
        Why is null ? Value.ToString(CultureInfo.InvariantCulture) : $"undefined: {Why}";
}
