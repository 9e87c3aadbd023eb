namespace Sed.Core.Runtime;

/// <summary>Fields of comma-separated values (RFC 4180).</summary>
public static class CsvField
{
    /// <summary>
    /// Formats a text as a field. The field is quoted if the text contains a comma, a quote or a line break.
    /// </summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : Quoted(text);
    }

    /// <summary>Encloses a text in double quotes. Double quotes within the text are doubled.</summary>
    public static string Quoted(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
