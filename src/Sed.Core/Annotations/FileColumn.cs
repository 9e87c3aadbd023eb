using System.Collections.Immutable;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>
/// A column of a list with one value per file, for example the site or the device of each recording. Immutable.
/// </summary>
public sealed class FileColumn
{
    /// <summary>The value of files whose field is empty.</summary>
    public const string Empty = "(empty)";

    /// <summary>Name of the column that states the split of a recording.</summary>
    internal const string Split = "split";

    private readonly ImmutableArray<string> valueOf;
    private readonly FileNames names;

    private FileColumn(string name, string source, IReadOnlyList<string> files, ImmutableArray<string> valueOf)
    {
        (Name, Source, this.valueOf) = (name, source, valueOf);
        names = new FileNames(files);
    }

    /// <summary>Name of the column, as in the header.</summary>
    public string Name { get; }

    /// <summary>Path of the list, or the name that messages use for it.</summary>
    public string Source { get; }

    /// <summary>The distinct values in ordinal alphabetical order.</summary>
    public ImmutableArray<string> Values => [.. valueOf.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>
    /// The value of a file; null if the list does not contain the file. If no name matches exactly, audio extensions
    /// are ignored. If there is still no match, the prefix "Y" that DCASE 2017's download scripts write is ignored too,
    /// provided that all names in the list have it or none has it.
    /// </summary>
    public string? Of(string file) => names.IndexOf(file) is var k and >= 0 ? valueOf[k] : null;

    /// <summary>
    /// The value of each file that the list contains. A file is found by its name with its folder or, if only one file
    /// matches, by its name without the folder (<see cref="FileNames.Match"/>).
    /// </summary>
    /// <param name="files">The files.</param>
    /// <param name="exists">Whether a file with this path exists.</param>
    internal Dictionary<string, string> Of(IEnumerable<string> files, Func<string, bool> exists) =>
        names
            .Match(files, exists: exists)
            .ToDictionary(entry => entry.Key, entry => valueOf[entry.Value], StringComparer.Ordinal);

    /// <summary>Reads one column of a list with a header.</summary>
    /// <param name="path">
    /// Path of a list of events, tags or durations, with fields separated by tabs, commas or semicolons.
    /// </param>
    /// <param name="column">Name of the column. Case, spaces, hyphens and underscores are ignored.</param>
    /// <returns>The column; null if the list has no header with this column.</returns>
    /// <exception cref="AnnotationException">
    /// The header has no column for file names, several columns have the same meaning, or two rows give different
    /// values for the same file. The message lists every problem with its line.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static FileColumn? Read(string path, string column)
    {
        ArgumentNullException.ThrowIfNull(path);
        // A folder of annotation files has no header.
        return Directory.Exists(path) ? null : Read(path, column, null);
    }

    /// <summary>Reads a column of a list whose header can use other names for known columns.</summary>
    /// <param name="path">Path of the list.</param>
    /// <param name="column">Name of the column.</param>
    /// <param name="names">Maps column names in the list to known names; null for none.</param>
    /// <inheritdoc cref="Read(string, string)"/>
    internal static FileColumn? Read(string path, string column, IReadOnlyDictionary<string, string>? names) =>
        Parse(ColumnNames.Replace(ListText.Read(path), names), path, column);

    /// <summary>Reads a column from UTF-8 text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Name that messages use for the list.</param>
    /// <inheritdoc cref="Read(string, string)"/>
    public static FileColumn? Parse(ReadOnlySpan<byte> text, string source, string column)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(column);
        ListText.RequireText(text, source);
        var rows = ListRows.Open(text, ListColumns.IsHeader);
        if (!rows.Next() || !ListColumns.IsHeader(rows) || IndexOf(rows, column) is not (var index and >= 0))
            return null;
        var name = Encoding.UTF8.GetString(rows[index]);
        RowProblems problems = new(source);
        var columns = problems.ColumnsOf(rows);
        if (columns[ColumnRole.File] is not (var file and >= 0))
        {
            problems.AddMissing(rows, columns, ColumnRole.File, "file names");
            file = 0;
        }
        List<string> files = [];
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        while (rows.Next())
        {
            if (file >= rows.Count)
                continue;
            var own = Encoding.UTF8.GetString(columns.RecordingIn(rows[file]));
            var field = index < rows.Count ? Encoding.UTF8.GetString(rows[index]) : "";
            var value = field == "" ? Empty : field;
            if (values.TryAdd(own, value))
                files.Add(own);
            else if (values[own] != value)
                problems.Add(
                    rows,
                    $"the file \"{own}\" has the {name} \"{value}\" here and \"{values[own]}\" in an earlier row"
                );
        }
        problems.ThrowIfAny();
        return new FileColumn(name, source, files, [.. files.Select(own => values[own])]);
    }

    /// <summary>Removes the name of this column from notes about unused columns, because this column is used.</summary>
    /// <param name="notes">Notes of lists, for example <see cref="EventList.Notes"/>.</param>
    public IEnumerable<string> RemoveFrom(IEnumerable<string> notes) =>
        ListNotes.WithoutColumn(notes, $"{Source}: ", Name);

    /// <summary><see cref="RemoveFrom"/> for notes without the name of the list.</summary>
    internal IEnumerable<string> RemoveFromNotesWithoutSource(IEnumerable<string> notes) =>
        ListNotes.WithoutColumn(notes, "", Name);

    private static int IndexOf(in ListRows header, string column)
    {
        var key = SimilarNames.KeyOf(column);
        for (var k = 0; k < header.Count; k++)
            if (SimilarNames.KeyOf(Encoding.UTF8.GetString(header[k])) == key)
                return k;
        return -1;
    }
}
