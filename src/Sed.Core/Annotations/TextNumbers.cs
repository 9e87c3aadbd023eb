using System.Globalization;

namespace Sed.Core.Annotations;

/// <summary>Reads the numbers of lists, in invariant notation.</summary>
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
    /// The double nearest to the decimal number in the field. Digits with a point, at most 15 of them, take a short way:
    /// both the digits and the power of ten are exact doubles, so that their quotient is correctly rounded.
    /// </summary>
    /// <returns>False when the field is not a number; NaN and infinities are numbers here.</returns>
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

    private static bool TryReadAny(ReadOnlySpan<byte> field, out double value) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
