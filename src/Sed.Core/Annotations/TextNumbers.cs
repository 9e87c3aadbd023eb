using System.Globalization;
using System.Text;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations;

/// <summary>Reads and writes numbers in invariant notation.</summary>
internal static class TextNumbers
{
    private static readonly double[] PowersOfTen =
    [
        1e0,
        1e1,
        1e2,
        1e3,
        1e4,
        1e5,
        1e6,
        1e7,
        1e8,
        1e9,
        1e10,
        1e11,
        1e12,
        1e13,
        1e14,
        1e15,
    ];

    /// <summary>
    /// Reads a decimal number as the nearest double. Numbers of up to 15 digits are converted directly: the digits and
    /// the power of ten are exact doubles, so their quotient is correctly rounded.
    /// </summary>
    /// <returns>False if the field is not a number. NaN and infinity count as numbers.</returns>
    public static bool TryRead(ReadOnlySpan<byte> field, out double value)
    {
        long digits = 0;
        var point = -1;
        for (var k = 0; k < field.Length; k++)
        {
            var digit = (uint)(field[k] - '0');
            if (digit <= 9)
                digits = 10 * digits + digit;
            else if (field[k] == '.' && point < 0)
                point = k;
            else
                return TryReadAny(field, out value);
        }
        var count = point < 0 ? field.Length : field.Length - 1;
        if (count is 0 or > 15)
            return TryReadAny(field, out value);
        value = point < 0 ? digits : digits / PowersOfTen[field.Length - 1 - point];
        return true;
    }

    /// <summary>Formats a number as text. Reading the text gives the same number.</summary>
    public static string Of(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Whether a field is a number. Its decimal separator can be a point or a comma.</summary>
    public static bool LooksLikeANumber(ReadOnlySpan<byte> field) =>
        TryRead(field, out _)
        || (field.Contains((byte)',') && NumberText.HasDecimalComma(Encoding.UTF8.GetString(field)));

    /// <summary>
    /// The suggested correction of a field that is not a number (<see cref="NumberText.Remedy"/>), as a message
    /// fragment; empty if there is no suggestion.
    /// </summary>
    public static string Remedy(ReadOnlySpan<byte> field) =>
        field.Contains((byte)':') ? "write the time in seconds" : NumberText.Remedy(Encoding.UTF8.GetString(field));

    private static bool TryReadAny(ReadOnlySpan<byte> field, out double value) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
