using System.Collections.Immutable;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>
/// A list of the durations of files in seconds. Each row contains a file name and a duration, separated by a tab, comma
/// or semicolon. A header can name additional columns.
/// </summary>
public sealed class Durations
{
    private readonly double[] seconds;
    private readonly FileNames names;

    private Durations(string source, ImmutableArray<string> files, double[] seconds)
    {
        (Source, Files, this.seconds) = (source, files, seconds);
        names = new FileNames(files);
    }

    /// <summary>Creates a list of durations in memory.</summary>
    /// <exception cref="AnnotationException">
    /// A file has two different durations, or a duration is not positive.
    /// </exception>
    public static Durations Of(IEnumerable<(string File, double Seconds)> files, string source = "durations in memory")
    {
        ArgumentNullException.ThrowIfNull(files);
        Reading reading = new(source);
        foreach (var (file, length) in files)
            reading.Add(file, length, 0);
        return reading.Finish();
    }

    /// <summary>Reads a list of durations.</summary>
    /// <exception cref="AnnotationException">
    /// The list has invalid rows. The exception lists them with their line numbers.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Durations Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ListText.Read(path), path);
    }

    /// <summary>Reads durations from UTF-8 text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Name that messages use for the list.</param>
    /// <exception cref="AnnotationException">
    /// The list has invalid rows. The exception lists them with their line numbers.
    /// </exception>
    public static Durations Parse(ReadOnlySpan<byte> text, string source)
    {
        ListText.RequireText(text, source);
        var rows = ListRows.Open(text, IsFirst);
        Reading reading = new(source);
        var first = true;
        while (rows.Next())
        {
            if (first && ListColumns.IsHeader(rows))
                reading.AddHeader(rows);
            else
                reading.Add(rows);
            first = false;
        }
        return reading.Finish();
    }

    private static bool IsFirst(in ListRows row) =>
        ListColumns.IsHeader(row) || (row.Count == 2 && TextNumbers.LooksLikeANumber(row[1]));

    /// <summary>Path of the list, or the name that messages use for it.</summary>
    public string Source { get; }

    /// <summary>The files in the order in which they are first named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>
    /// Notes about unused columns; each begins with the name of the list. Empty if all columns are used.
    /// </summary>
    public IReadOnlyList<string> Notes => [.. NotesWithoutSource.Select(note => $"{Source}: {note}")];

    /// <summary><see cref="Notes"/> without the name of the list.</summary>
    internal IReadOnlyList<string> NotesWithoutSource { get; private init; } = [];

    /// <summary>
    /// The duration of a file in seconds; null if the list does not contain the file. If no name matches exactly, audio
    /// extensions are ignored. If there is still no match, the prefix "Y" that DCASE 2017's download scripts write is
    /// ignored too, provided that all names in the list have it or none has it.
    /// </summary>
    public double? Of(string file) => names.IndexOf(file) is var k and >= 0 ? seconds[k] : null;

    /// <summary>
    /// The position of a file in <see cref="Files"/>, or -1. Names are compared as in <see cref="Of(string)"/>.
    /// </summary>
    internal int IndexOf(string file) => names.IndexOf(file);

    /// <summary>The duration in seconds of the file at a position of <see cref="Files"/>.</summary>
    internal double SecondsAt(int index) => seconds[index];

    private sealed class Reading(string source)
    {
        private readonly RowProblems problems = new(source);
        private readonly List<string> files = [];
        private readonly Dictionary<string, double> seconds = new(StringComparer.Ordinal);
        private readonly ListNotes notes = new(null);
        private int fields = 2;
        private int file;
        private int duration = 1;
        private ListColumns? columns;

        public void AddHeader(in ListRows row)
        {
            columns = problems.ColumnsOf(row);
            (file, duration) = (columns[ColumnRole.File], columns[ColumnRole.Duration]);
            fields = row.CountWithoutEmptyEnd;
            notes.AddUnknown(columns.Unknown);
            if (file < 0)
                problems.AddMissing(row, columns, ColumnRole.File, "file names");
            if (duration < 0)
                problems.AddMissing(row, columns, ColumnRole.Duration, "durations");
        }

        public void Add(in ListRows row)
        {
            if (file < 0 || duration < 0)
                return;
            if (fields > 2 && row.Count != fields)
                problems.Add(row, $"the row has {row.Count} fields, but the list has {fields}");
            else if (row.HasOpenQuote)
                problems.AddOpenQuote(row);
            else if (fields == 2 && row.Count != 2 && row.CountWithoutEmptyEnd != 2)
                problems.Add(
                    row,
                    $"the row has {row.Count} fields",
                    "write 2 fields: the file and its duration in seconds"
                );
            else if (problems.IsNumber(row, duration, "duration", out var length))
                Add(
                    Encoding.UTF8.GetString(columns is null ? row[file] : columns.RecordingIn(row[file])),
                    length,
                    row.Line
                );
        }

        public void Add(string file, double length, int line)
        {
            if (!(length > 0 && length <= SoundEvent.LatestSeconds))
                problems.Add(
                    line,
                    FormattableString.Invariant($"the file \"{file}\" has a duration of {length} s"),
                    FormattableString.Invariant(
                        $"a duration must be greater than 0 s and at most {SoundEvent.LatestSeconds} s"
                    )
                );
            if (seconds.TryAdd(file, length))
                files.Add(file);
            else if (seconds[file] != length)
                problems.Add(
                    line,
                    FormattableString.Invariant(
                        $"the file \"{file}\" has a duration of {length} s here and of {seconds[file]} s in an earlier row"
                    )
                );
        }

        public Durations Finish()
        {
            problems.ThrowIfAny();
            return new Durations(source, [.. files], [.. files.Select(file => seconds[file])])
            {
                NotesWithoutSource = notes.Finish(),
            };
        }
    }
}
