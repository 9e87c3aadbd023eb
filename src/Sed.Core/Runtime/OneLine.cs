using System.Globalization;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>
/// Formats names and messages as one line of text that is safe in a terminal and in a list. File names, classes and
/// model files can contain line breaks, tabs and escape sequences, which would break the line or control the terminal.
/// </summary>
public static class OneLine
{
    /// <summary>
    /// Replaces each unprintable character of a text by "?": control characters, line and paragraph separators, and
    /// marks that override the direction of text.
    /// </summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!HasUnprintable(text))
            return text;
        StringBuilder line = new(text.Length);
        foreach (var rune in text.EnumerateRunes())
            line.Append(IsUnprintable(rune) ? "?" : rune.ToString());
        return line.ToString();
    }

    /// <summary>
    /// Applies <see cref="Of"/> to each line of a text. White space at the end of the text is removed.
    /// </summary>
    public static string EachOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Join('\n', text.TrimEnd().ReplaceLineEndings("\n").Split('\n').Select(Of));
    }

    /// <summary>Whether a text contains characters that <see cref="Of"/> replaces.</summary>
    public static bool HasUnprintable(ReadOnlySpan<char> text)
    {
        // Most names are plain ASCII.
        if (text.IndexOfAnyExceptInRange(' ', '~') < 0)
            return false;
        foreach (var rune in text.EnumerateRunes())
            if (IsUnprintable(rune))
                return true;
        return false;
    }

    private static bool IsUnprintable(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
        || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
