using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;

namespace Sed.Core.Corpora;

/// <summary>The content of a list, by the names of its columns.</summary>
internal enum ListKind
{
    /// <summary>Not a list of labels or file names.</summary>
    None,

    /// <summary>Clip-level labels.</summary>
    Weak,

    /// <summary>Events with onset and offset.</summary>
    Strong,

    /// <summary>File names alone.</summary>
    Names,
}

/// <summary>
/// The kind of a list in a corpus, or the reason why it is not a list of labels, as determined from the header of the
/// list or, if it has no header, from its first rows.
/// </summary>
/// <param name="Kind">The content of the list.</param>
/// <param name="Reason">
/// The reason for <see cref="ListKind.None"/>, as a message fragment; empty for the other kinds.
/// </param>
internal sealed record ListHeader(ListKind Kind, string Reason = "")
{
    /// <summary>
    /// Whether a file that is not a list of labels is probably meant to be one, because it has a column of file names
    /// or labels, or an extension other than .txt.
    /// </summary>
    internal bool MayBeList { get; private init; }

    /// <summary>Whether the list names its columns. Default true.</summary>
    internal bool HasHeader { get; private init; } = true;

    private const int MaxBytes = 1 << 14;
    private const int MaxShown = 60;

    /// <summary>Whether a file has the extension of a list (.tsv, .csv or .txt).</summary>
    internal static bool IsNamedList(string file) =>
        Path.GetExtension(file).ToLowerInvariant() is ".tsv" or ".csv" or ".txt";

    /// <summary>
    /// Reads the header of a list. Fields are separated by tabs, commas or semicolons, can be quoted, and are not
    /// case-sensitive. A list without a header is a list of events if its rows are file, onset, offset and label as in
    /// DCASE lists, and a list of clip-level labels if its rows are segments of AudioSet.
    /// </summary>
    /// <param name="file">The list.</param>
    /// <param name="names">Maps column names in the list to known names; null if no column is renamed.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static ListHeader Of(string file, IReadOnlyDictionary<string, string>? names = null)
    {
        if (CorpusFolder.IsEmpty(file))
            return new ListHeader(ListKind.None, "it is empty");
        var head = Head(file, names);
        var line = FirstLine(head);
        var columns = Columns(line);
        var roles = columns.Select(ListColumns.RoleOf).ToHashSet();
        var hasFile = roles.Contains(ColumnRole.File);
        var hasLabel = roles.Contains(ColumnRole.Label) || roles.Contains(ColumnRole.Labels);
        var hasEnd = roles.Contains(ColumnRole.Offset) || (hasLabel && roles.Contains(ColumnRole.Duration));
        // Times beside a field with several labels are the times of the clip in its video, except in a selection table.
        var hasEventTimes = !roles.Contains(ColumnRole.Labels) || roles.Contains(ColumnRole.Selection);
        if (hasFile && hasLabel && roles.Contains(ColumnRole.Onset) && hasEnd && hasEventTimes)
            return new ListHeader(ListKind.Strong);
        if (hasFile && hasLabel)
            return new ListHeader(ListKind.Weak);
        if (hasFile && columns.Length == 1)
            return new ListHeader(ListKind.Names);
        if (hasFile && roles.Contains(ColumnRole.Duration))
            return new ListHeader(ListKind.None, "it is a list of durations") { MayBeList = true };
        if (KindOfRows(head) is var kind and not ListKind.None)
            return new ListHeader(kind) { HasHeader = false };
        var shown = line.Length <= MaxShown ? line : $"{line[..MaxShown]}...";
        return new ListHeader(
            ListKind.None,
            hasFile || hasLabel
                ? $"it has no column for {(hasFile ? "labels" : "file names")}; its columns are {string.Join(", ", columns)}"
                : $"its first line, \"{shown.Replace('\t', ' ')}\", does not name its columns"
        )
        {
            MayBeList = hasFile || hasLabel || Path.GetExtension(file).ToLowerInvariant() != ".txt",
        };
    }

    /// <summary>Whole lines at the start of a list, without a byte order mark.</summary>
    private static byte[] Head(string file, IReadOnlyDictionary<string, string>? names)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[MaxBytes];
        var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var text = ColumnNames.Replace(ListText.ToUtf8(bytes[..count]), names).AsSpan();
        if (text.StartsWith("\uFEFF"u8))
            text = text[3..];
        return (count == MaxBytes && text.LastIndexOf((byte)'\n') is var end and > 0 ? text[..end] : text).ToArray();
    }

    /// <summary>The content of a list without a header, by its first row with several fields.</summary>
    private static ListKind KindOfRows(byte[] head)
    {
        var rows = ListRows.Open(head, AudioSetSegments.Is);
        if (rows.Next() && AudioSetSegments.Is(rows))
            return ListKind.Weak;
        var hasFields = false;
        rows = ListRows.Open(head, EventListReading.IsFirst);
        while (!hasFields && rows.Next())
            hasFields = rows.Count > 1;
        // A file that contains only file names does not count as an event list of recordings without events.
        return hasFields && EventTable.Of(head) is { HasHeader: false, NamesFiles: true }
            ? ListKind.Strong
            : ListKind.None;
    }

    private static string FirstLine(byte[] head)
    {
        var text = Encoding.UTF8.GetString(head);
        // A comment that names the columns, as in AudioSet's lists, is a header.
        var line =
            text.Split('\n', '\r')
                .Select(line => line.Trim())
                .FirstOrDefault(line =>
                    line != ""
                    && (
                        !line.StartsWith("# ", StringComparison.Ordinal)
                        || Columns(line).Count(name => ListColumns.RoleOf(name) != ColumnRole.Unknown) > 1
                    )
                )
            ?? "";
        return string.Concat(line.Select(letter => char.IsControl(letter) && letter != '\t' ? '?' : letter));
    }

    private static string[] Columns(string line)
    {
        var separator =
            line.Contains('\t') ? '\t'
            : line.Contains(';') ? ';'
            : ',';
        return
        [
            .. line.Split(separator)
                .Select(field => field.Trim().Trim('"', '\'').Trim().ToLowerInvariant().Replace(' ', '_')),
        ];
    }
}
