using System.Text;
using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>The content of a list, by the names of its columns.</summary>
internal enum ListKind
{
    /// <summary>No labels.</summary>
    None,

    /// <summary>Clip-level labels.</summary>
    Weak,

    /// <summary>Events with onset and offset.</summary>
    Strong,

    /// <summary>File names alone.</summary>
    Names,
}

/// <summary>
/// What the header of a list in a corpus shows: the kind of the list or the reason why it is not a list of labels.
/// </summary>
/// <param name="Kind">The content of the list.</param>
/// <param name="Reason">
/// The reason why the list has no labels, as a message fragment; empty for lists with labels.
/// </param>
internal sealed record ListHeader(ListKind Kind, string Reason = "")
{
    /// <summary>
    /// Whether a file that is not a list of labels is probably meant to be one, because it has a column of file names
    /// or labels, or an extension other than .txt.
    /// </summary>
    internal bool MayBeList { get; private init; }

    private const int MaxBytes = 1 << 14;
    private const int MaxShown = 60;

    /// <summary>Whether a file can be a list, by its extension.</summary>
    internal static bool IsNamedList(string file) =>
        Path.GetExtension(file).ToLowerInvariant() is ".tsv" or ".csv" or ".txt";

    /// <summary>
    /// Reads the header of a list. Fields are separated by tabs, commas or semicolons, can be quoted, and are not
    /// case-sensitive.
    /// </summary>
    /// <param name="file">The list.</param>
    /// <param name="names">Maps column names in the list to known names; null for none.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal static ListHeader Of(string file, IReadOnlyDictionary<string, string>? names = null)
    {
        if (CorpusFolder.IsEmpty(file))
            return new ListHeader(ListKind.None, "it is empty");
        var line = FirstLine(file, names);
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

    private static string FirstLine(string file, IReadOnlyDictionary<string, string>? names)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[MaxBytes];
        var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var text = Encoding
            .UTF8.GetString(ColumnNames.Replace(ListText.ToUtf8(bytes[..count]), names))
            .TrimStart('\uFEFF');
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
