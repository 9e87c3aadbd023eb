using System.Text;

namespace Sed.Core.Annotations;

/// <summary>
/// Enumerates the rows of a delimited text without copying the text. Lines end in LF, CRLF or CR. Blank
/// lines, comments, a byte order mark and spaces around fields are ignored. A field can be in double quotes; a quote
/// inside it is doubled.
/// </summary>
internal ref struct ListRows
{
    private const int HeadBytes = 1 << 16;
    private const byte Quote = (byte)'"';

    private readonly ReadOnlySpan<byte> text;
    private readonly byte separator;
    private ReadOnlySpan<byte> row;
    private (int Start, int End, bool IsQuoted)[] fields;
    private int position;

    /// <param name="text">The text.</param>
    /// <param name="separator">The separator of fields. Default: a tab.</param>
    public ListRows(ReadOnlySpan<byte> text, char separator = '\t')
    {
        this.text = text;
        this.separator = (byte)separator;
        fields = new (int, int, bool)[8];
        position = text.StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    /// <summary>Tests whether a row can be the first row of a list of a certain kind.</summary>
    internal delegate bool RowTest(in ListRows row);

    /// <summary>
    /// Opens a text and determines its separator from the first lines. The separator is a tab if a line contains one;
    /// otherwise a semicolon or comma if the first row, split at this separator, passes the test; otherwise a tab.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="isFirst">Tests whether a row can be the first row of the list.</param>
    public static ListRows Open(ReadOnlySpan<byte> text, RowTest isFirst)
    {
        if (!HasTab(text))
            foreach (var separator in ";,")
            {
                ListRows rows = new(text, separator);
                if (rows.Next() && rows.Count > 1 && isFirst(rows))
                    return new ListRows(text, separator);
            }
        return new ListRows(text);
    }

    /// <summary>The separator of fields.</summary>
    public readonly char Separator => (char)separator;

    /// <summary>Line number of the current row, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Number of fields of the current row, at least 1.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a field of the current row begins with a quote that is not closed.</summary>
    public bool HasOpenQuote { get; private set; }

    /// <summary>Index of the field of the current row that equals a text, ignoring case; -1 if no field does.</summary>
    public readonly int IndexOf(string text)
    {
        for (var k = 0; k < Count; k++)
            if (Encoding.UTF8.GetString(this[k]).Equals(text, StringComparison.OrdinalIgnoreCase))
                return k;
        return -1;
    }

    /// <summary>A field of the current row, counted from 0, without quotes or surrounding spaces.</summary>
    public readonly ReadOnlySpan<byte> this[int field]
    {
        get
        {
            var (start, end, isQuoted) = fields[field];
            var span = row[start..end];
            if (span.Length > 0 && (span[0] == ' ' || span[^1] == ' '))
                span = span.Trim((byte)' ');
            return isQuoted && span.IndexOf(Quote) >= 0 ? Undoubled(span) : span;
        }
    }

    /// <summary>Whether a field of the current row is in quotes.</summary>
    public readonly bool IsQuoted(int field) => fields[field].IsQuoted;

    /// <summary>Number of fields of the current row without the empty fields at its end, at least 1.</summary>
    public readonly int CountWithoutEmptyEnd
    {
        get
        {
            var count = Count;
            while (count > 1 && this[count - 1].IsEmpty)
                count--;
            return count;
        }
    }

    /// <summary>Advances to the next row that is neither blank nor a comment; false at the end.</summary>
    public bool Next()
    {
        while (position < text.Length)
        {
            row = ListText.FirstLine(text[position..], out var next);
            position += next;
            Line++;
            if (row.IndexOfAnyExcept((byte)' ', (byte)'\t', separator) < 0)
                continue;
            Split();
            if (!IsComment())
                return true;
        }
        return false;
    }

    /// <summary>
    /// Whether the row is a comment. A comment begins with "# ", "##" or "#!", or with "#" in a line that has no
    /// separator and names no audio file. A line that begins with "# " but names the columns, as in AudioSet's lists,
    /// is a header, not a comment.
    /// </summary>
    private readonly bool IsComment()
    {
        var content = row.TrimStart((byte)' ');
        if (content.IsEmpty || content[0] != '#')
            return false;
        var isMarked = content.Length == 1 || content[1] is (byte)' ' or (byte)'\t' or (byte)'#' or (byte)'!';
        return isMarked ? !ListColumns.IsHeader(this) : Count == 1 && !AudioNames.HasExtension(content);
    }

    private void Split()
    {
        Count = 0;
        HasOpenQuote = false;
        var hasQuotes = row.IndexOf(Quote) >= 0;
        var start = 0;
        while (true)
        {
            if (Count == fields.Length)
                Array.Resize(ref fields, 2 * Count);
            int end;
            if (hasQuotes && QuotedField(start) is var (from, to, after))
            {
                fields[Count++] = (from, to, true);
                end = after;
            }
            else
            {
                var length = row[start..].IndexOf(separator);
                end = length < 0 ? row.Length : start + length;
                fields[Count++] = (start, end, false);
            }
            if (end == row.Length)
                return;
            start = end + 1;
        }
    }

    /// <summary>
    /// The content of a quoted field and the position of the separator after it; null if the quotes do not enclose the
    /// whole field.
    /// </summary>
    private (int From, int To, int After)? QuotedField(int start)
    {
        var open = start;
        while (open < row.Length && row[open] == ' ')
            open++;
        if (open == row.Length || row[open] != Quote)
            return null;
        for (var close = open + 1; close < row.Length; close++)
        {
            if (row[close] != Quote)
                continue;
            if (close + 1 < row.Length && row[close + 1] == Quote)
            {
                close++;
                continue;
            }
            var after = close + 1;
            while (after < row.Length && row[after] == ' ')
                after++;
            return after == row.Length || row[after] == separator ? (open + 1, close, after) : null;
        }
        HasOpenQuote = true;
        return null;
    }

    private static ReadOnlySpan<byte> Undoubled(ReadOnlySpan<byte> field)
    {
        var bytes = new byte[field.Length];
        var count = 0;
        for (var k = 0; k < field.Length; k++)
        {
            bytes[count++] = field[k];
            if (field[k] == Quote && k + 1 < field.Length && field[k + 1] == Quote)
                k++;
        }
        return bytes.AsSpan(0, count);
    }

    /// <summary>Whether one of the first lines, apart from comments, has a tab between fields.</summary>
    private static bool HasTab(ReadOnlySpan<byte> text)
    {
        ListRows rows = new(text.Length > HeadBytes ? text[..HeadBytes] : text);
        while (rows.Next())
            if (rows.CountWithoutEmptyEnd > 1)
                return true;
        return false;
    }
}
