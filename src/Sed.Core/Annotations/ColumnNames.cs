using System.Text;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations;

/// <summary>Replaces column names in the header of a list with known names (<see cref="ListColumns"/>).</summary>
internal static class ColumnNames
{
    /// <summary>
    /// Replaces column names in the header of a text. If the header has none of the names to replace, the text is
    /// returned unchanged.
    /// </summary>
    /// <param name="text">The text of a list.</param>
    /// <param name="names">Maps column names to known names, ignoring case. Null or empty replaces nothing.</param>
    internal static byte[] Replace(byte[] text, IReadOnlyDictionary<string, string>? names)
    {
        if (names is null || names.Count == 0)
            return text;
        for (var start = text.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0; start < text.Length; )
        {
            var line = ListText.FirstLine(text.AsSpan(start), out var next);
            if (line.Trim(" \t"u8).Length > 0 && !line.StartsWith("# "u8))
                return Header(line, names) is { } header
                    ? [.. text[..start], .. header, .. text[(start + line.Length)..]]
                    : text;
            start += next;
        }
        return text;
    }

    private static byte[]? Header(ReadOnlySpan<byte> line, IReadOnlyDictionary<string, string> names)
    {
        foreach (var separator in "\t;,")
        {
            ListRows fields = new(line, separator);
            if (!fields.Next())
                continue;
            List<string> header = [];
            var isChanged = false;
            for (var k = 0; k < fields.Count; k++)
            {
                var name = Encoding.UTF8.GetString(fields[k]).Trim();
                var known = names
                    .Where(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                    .Select(entry => entry.Value)
                    .FirstOrDefault();
                isChanged |= known is not null;
                header.Add(CsvField.Of(known ?? name));
            }
            if (isChanged)
                return Encoding.UTF8.GetBytes(string.Join(separator, header));
        }
        return null;
    }
}
