using System.Globalization;
using System.Text.RegularExpressions;

namespace Sed.Core.Runtime;

/// <summary>
/// Reads numbers from text in the same format in every locale: digits with a decimal point, optionally with a sign and
/// an exponent. Thousands separators and decimal commas are not accepted.
/// </summary>
public static partial class NumberText
{
    /// <summary>Reads a number.</summary>
    /// <param name="text">The text, for example "0.2" or "1e-3".</param>
    /// <param name="value">The nearest double; 0 if the text is not a number.</param>
    /// <returns>False if the text is not a number.</returns>
    public static bool TryRead(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>Reads a whole number.</summary>
    /// <param name="text">The text, for example "-12".</param>
    /// <param name="value">The number; 0 if the text is not a whole number.</param>
    /// <returns>False if the text is not a whole number or the number is too large.</returns>
    public static bool TryRead(string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    /// <summary>
    /// Returns a correction for a text that is not a number but resembles one, for example "write 0.2" for "0,2"; empty
    /// for all other texts.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string Remedy(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var number = text.Trim().Replace('\u2212', '-');
        if (DecimalComma().Match(number) is { Success: true } match)
        {
            var point = number.Replace(',', '.');
            return CanBeThousands().IsMatch(number) ? $"write {point} or {number.Replace(",", "")}" : $"write {point}";
        }
        if (number != text.Trim() && TryRead(number, out double _))
            return $"write {number}";
        if (Grouped().IsMatch(number))
            return "write the number with a decimal point and without thousands separators";
        return WithUnit().Match(number) is { Success: true } unit && TryRead(unit.Groups[1].Value, out double _)
            ? "write the number without a unit"
            : "";
    }

    /// <summary>Whether a text is a number with a decimal comma.</summary>
    internal static bool HasDecimalComma(string text) => DecimalComma().IsMatch(text.Trim());

    [GeneratedRegex(@"^[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?$")]
    private static partial Regex DecimalComma();

    [GeneratedRegex("^[+-]?[1-9][0-9]{0,2},[0-9]{3}$")]
    private static partial Regex CanBeThousands();

    [GeneratedRegex(@"^[+-]?[0-9]+([.,'’_\u00A0\u202F ][0-9]+)+$")]
    private static partial Regex Grouped();

    [GeneratedRegex(@"^([^a-zA-Z%]+) ?([a-zA-Zµ]+|%)$")]
    private static partial Regex WithUnit();
}
