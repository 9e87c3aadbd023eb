namespace Sed.Core.Annotations;

/// <summary>
/// Walks over the lines of a tab-separated text without copying it. Lines end in LF or CRLF, blank lines are passed over,
/// spaces around a field do not belong to it.
/// </summary>
internal ref struct TabRows
{
    private readonly ReadOnlySpan<byte> text;
    private ReadOnlySpan<byte> row;
    private int[] ends;
    private int position;

    public TabRows(ReadOnlySpan<byte> text)
    {
        this.text = text;
        ends = new int[8];
        position = text.StartsWith("\uFEFF"u8) ? 3 : 0;
    }

    /// <summary>The line of the current row, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Number of fields of the current row, at least 1.</summary>
    public int Count { get; private set; }

    /// <summary>The current row without its line end.</summary>
    public readonly ReadOnlySpan<byte> Text => row;

    /// <summary>The field at this position, from 0, without the spaces around it.</summary>
    public readonly ReadOnlySpan<byte> this[int field]
    {
        get
        {
            var start = field == 0 ? 0 : ends[field - 1] + 1;
            var span = row[start..ends[field]];
            if (span.Length > 0 && (span[0] == ' ' || span[^1] == ' '))
                span = span.Trim((byte)' ');
            return span;
        }
    }

    /// <summary>Goes to the next row that is not blank; false at the end.</summary>
    public bool Next()
    {
        while (position < text.Length)
        {
            var rest = text[position..];
            var length = rest.IndexOf((byte)'\n');
            row = length < 0 ? rest : rest[..length];
            position += row.Length + 1;
            Line++;
            if (row.Length > 0 && row[^1] == '\r')
                row = row[..^1];
            if (row.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
                continue;
            Split();
            return true;
        }
        return false;
    }

    private void Split()
    {
        Count = 0;
        var start = 0;
        while (true)
        {
            var length = row[start..].IndexOf((byte)'\t');
            if (Count == ends.Length)
                Array.Resize(ref ends, 2 * Count);
            ends[Count++] = length < 0 ? row.Length : start + length;
            if (length < 0)
                return;
            start += length + 1;
        }
    }
}
