using System.Text;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// The layout of a delimited event list, detected from its first rows. All delimited formats share one reader; each
/// format accepts some of the layouts.
/// </summary>
/// <param name="Separator">The separator of fields: a tab, comma or semicolon.</param>
/// <param name="HasHeader">Whether the first row names the columns.</param>
/// <param name="HasSelections">Whether the header has a column of selections (Raven).</param>
/// <param name="IsTriple">
/// Whether the list has no header and its rows contain only onset, offset and label.
/// </param>
/// <param name="NamesFiles">Whether the list has no header and its rows contain file names.</param>
internal sealed record EventTable(char Separator, bool HasHeader, bool HasSelections, bool IsTriple, bool NamesFiles)
{
    /// <summary>Detects the layout of a text; null if the text is not a delimited event list.</summary>
    /// <param name="head">The first lines.</param>
    public static EventTable? Of(ReadOnlySpan<byte> head)
    {
        var row = ListRows.Open(head, EventListReading.IsFirst);
        var hasHeader = false;
        var hasRows = false;
        while (row.Next())
        {
            hasRows = true;
            var isHeader = ListColumns.IsHeader(row);
            if (row.Count > 1)
                return EventListReading.IsFirst(row) ? OfRow(row, hasHeader || isHeader) : null;
            if (!isHeader && !LooksLikeAFileName(row[0]))
                return null;
            hasHeader |= isHeader;
        }
        return new EventTable(row.Separator, hasHeader, false, false, hasRows && !hasHeader);
    }

    /// <summary>Reads a delimited event list of any layout.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Name that messages use for the list.</param>
    /// <param name="options">Minimum confidence, channel, and whether the text annotates a single recording.</param>
    /// <param name="format">Title of the format.</param>
    public static EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options, string format)
    {
        ListText.RequireText(text, source);
        var rows = ListRows.Open(text, EventListReading.IsFirst);
        EventListReading reading = new(source, options, format);
        while (rows.Next())
            reading.Add(rows);
        return reading.Finish();
    }

    private static EventTable OfRow(in ListRows row, bool hasHeader)
    {
        var hasSelections = hasHeader && ListColumns.Of(row)[ColumnRole.Selection] >= 0;
        var columns = hasHeader ? null : EventColumns.Of(row, out _);
        return new EventTable(
            row.Separator,
            hasHeader,
            hasSelections,
            columns is { File: < 0, Confidence: < 0 },
            columns is { File: >= 0 }
        );
    }

    private static bool LooksLikeAFileName(ReadOnlySpan<byte> field) =>
        field.IndexOfAny("{}[]<>=\"\0"u8) < 0
        && field.LastIndexOf((byte)'.') is var point and > 0
        && field.Length - point is >= 2 and <= 6
        && field.IndexOfAnyInRange((byte)'\0', (byte)31) < 0
        && !TextNumbers.TryRead(field, out _);
}
