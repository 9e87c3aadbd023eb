using System.Globalization;

namespace Sed.Core.Metrics.Counts;

/// <summary>A measured rate, or the reason why there is none. Where nothing could be divided the value is NaN and says so.</summary>
public readonly record struct Rate
{
    /// <summary>A defined rate.</summary>
    /// <exception cref="ArgumentException">The value is NaN; use <see cref="Undefined"/> and give the reason.</exception>
    public Rate(double value)
    {
        if (double.IsNaN(value))
            throw new ArgumentException("A rate without a value needs its reason: use Rate.Undefined.", nameof(value));
        Value = value;
    }

    private Rate(string why) => (Value, Why) = (double.NaN, why);

    /// <summary>The value, a fraction and not a percentage; NaN when the rate is undefined.</summary>
    public double Value { get; }

    /// <summary>Why the rate is undefined; null when it is defined.</summary>
    public string? Why { get; }

    /// <summary>True when there is a value.</summary>
    public bool IsDefined => Why is null;

    /// <summary>No rate, and why.</summary>
    public static Rate Undefined(string why) => new(why);

    /// <summary>A defined rate.</summary>
    public static implicit operator Rate(double value) => new(value);

    /// <summary>The value in invariant notation, or "undefined: " and the reason.</summary>
    public override string ToString() =>
        Why is null ? Value.ToString(CultureInfo.InvariantCulture) : $"undefined: {Why}";
}
