using System.Text;

namespace Sed.Core.Annotations;

/// <summary>
/// A list of the time spans in which the events of recordings are annotated. Its columns are filename, onset and offset
/// in seconds and, optionally, event_label. If a row has a label, only the events of this class are annotated in its
/// span. Outside the spans of a recording, it is unknown whether events occur. Recordings that are not in the list are
/// annotated from start to end.
/// </summary>
internal sealed class AnnotatedList
{
    private readonly List<Recording> recordings;
    private readonly FileNames names;

    private AnnotatedList(string source, List<Recording> recordings, IReadOnlyList<string> notes)
    {
        (Source, this.recordings, NotesWithoutSource) = (source, recordings, notes);
        names = new FileNames([.. recordings.Select(one => one.Name)]);
    }

    /// <summary>A list without recordings.</summary>
    public static AnnotatedList Empty { get; } = new("", [], []);

    /// <summary>Path of the list.</summary>
    public string Source { get; }

    /// <summary>The recordings, in the order of their first rows.</summary>
    public IReadOnlyList<Recording> Recordings => recordings;

    /// <summary>Notes about unused columns. They do not contain the name of the list.</summary>
    public IReadOnlyList<string> NotesWithoutSource { get; }

    /// <summary>Reads a list.</summary>
    /// <param name="path">
    /// Path of the list, which has a header and fields separated by tabs, commas or semicolons.
    /// </param>
    /// <param name="problems">
    /// Receives a problem for each invalid row. The result does not contain invalid rows.
    /// </param>
    /// <param name="labels">Names that replace the identifiers in the column event_label. Default: none.</param>
    /// <exception cref="AnnotationException">The file is not text.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static AnnotatedList Read(string path, ProblemList problems, LabelNames? labels = null)
    {
        var text = ListText.Read(path);
        ListText.RequireText(text, path);
        Reading reading = new(path, new RowProblems(path, problems), labels);
        var rows = ListRows.Open(text, ListColumns.IsHeader);
        while (rows.Next())
            reading.Add(rows);
        return reading.Finish();
    }

    /// <summary>
    /// The position of a recording in <see cref="Recordings"/>; -1 if the list does not contain the recording. The
    /// names are compared with their folders, as in <see cref="FileNames"/>.
    /// </summary>
    public int IndexOf(string recording) => names.IndexOf(recording);

    /// <summary>
    /// The position of a recording in <see cref="Recordings"/>, found by its name with its folder
    /// (<see cref="IndexOf"/>) or, failing that, by its name without the folder; -1 if both fail. A name without a
    /// folder can mean a recording in another folder.
    /// </summary>
    public int IndexOfSameName(string recording) =>
        IndexOf(recording) is var k and >= 0 ? k : names.IndexOf(Path.GetFileName(recording));

    /// <summary>The positions of several recordings (<see cref="FileNames.Match"/>).</summary>
    public Dictionary<string, int> Match(IEnumerable<string> files, Action<int, string[]> several) =>
        names.Match(files, several);

    /// <summary>
    /// The annotated spans of a recording, extended to the onset and offset of each event that overlaps a span.
    /// </summary>
    /// <param name="recording">Position of the recording.</param>
    /// <param name="events">The events of the recording.</param>
    /// <param name="outside">
    /// Called with the index of each event that overlaps no span in which its class is annotated. Not called if the
    /// recording has invalid rows.
    /// </param>
    public AnnotatedSpan[] Extended(int recording, IReadOnlyList<SoundEvent> events, Action<int> outside)
    {
        var spans = recordings[recording].Spans;
        List<AnnotatedSpan> all = [.. spans];
        for (var k = 0; k < events.Count; k++)
            if (events[k] is var sound && sound.IsUnlocated)
                continue;
            else if (
                spans.Exists(span =>
                    span.Onset <= sound.Offset
                    && span.Offset >= sound.Onset
                    && (span.Label is null || span.Label == sound.Label)
                )
            )
                all.Add(new AnnotatedSpan(sound.Onset, sound.Offset, sound.Label));
            else if (!recordings[recording].HasInvalidRows)
                outside(k);
        return [.. all];
    }

    /// <summary>A recording of the list.</summary>
    /// <param name="Name">Name of the recording in the list.</param>
    /// <param name="Line">Line number of the first row of the recording.</param>
    internal sealed record Recording(string Name, int Line)
    {
        /// <summary>The spans of the recording, in the order of the rows.</summary>
        public List<AnnotatedSpan> Spans { get; } = [];

        /// <summary>The line number of each of <see cref="Spans"/>.</summary>
        public List<int> Lines { get; } = [];

        /// <summary>Whether the recording has invalid rows. Their spans are missing from <see cref="Spans"/>.</summary>
        public bool HasInvalidRows { get; set; }
    }

    /// <summary>Adds a problem if labels of spans are not among the classes.</summary>
    public void AddForeignLabels(ClassList classes, ProblemList problems)
    {
        ForeignLabels foreign = new(classes, problems);
        foreach (var recording in Recordings)
            for (var k = 0; k < recording.Spans.Count; k++)
                if (recording.Spans[k].Label is { } label && classes.IndexOf(label) < 0)
                    foreign.Add(Source, Source, recording.Lines[k], label);
        foreign.Report();
    }

    private sealed class Reading(string source, RowProblems problems, LabelNames? labels)
    {
        private readonly List<Recording> recordings = [];
        private readonly Dictionary<string, Recording> named = new(StringComparer.Ordinal);
        private readonly ListNotes notes = new(null);
        private ListColumns? columns;
        private bool isIncomplete;

        public void Add(in ListRows row)
        {
            if (columns is null)
                AddHeader(row);
            else if (!isIncomplete)
                AddRow(row, columns);
        }

        public AnnotatedList Finish()
        {
            if (columns is null || (recordings.Count == 0 && !isIncomplete))
                problems.Add(0, "the list has no spans", "write one row for each span: file name, onset and offset");
            return new AnnotatedList(source, recordings, notes.Finish());
        }

        private void AddHeader(in ListRows row)
        {
            columns = problems.ColumnsOf(row);
            isIncomplete = true;
            if (!ListColumns.IsHeader(row))
            {
                problems.Add(
                    row,
                    "the list has no header",
                    "begin it with the names of its columns: filename, onset, offset"
                );
                return;
            }
            isIncomplete = columns.Problem is not null;
            Require(row, ColumnRole.File, "file names");
            Require(row, ColumnRole.Onset, "onsets");
            Require(row, ColumnRole.Offset, "offsets");
            notes.AddUnknown(columns.Unknown);
        }

        private void Require(in ListRows header, ColumnRole role, string content)
        {
            if (columns![role] >= 0)
                return;
            problems.AddMissing(header, columns, role, content);
            isIncomplete = true;
        }

        private void AddRow(in ListRows row, ListColumns columns)
        {
            if (row.HasOpenQuote)
            {
                problems.AddOpenQuote(row);
                return;
            }
            var file = columns[ColumnRole.File];
            var name = file < row.Count ? Encoding.UTF8.GetString(columns.RecordingIn(row[file])) : "";
            if (!named.TryGetValue(name, out var recording))
                recordings.Add(named[name] = recording = new Recording(name, row.Line));
            if (Span(row, columns) is { } span)
            {
                recording.Spans.Add(span);
                recording.Lines.Add(row.Line);
            }
            else
                recording.HasInvalidRows = true;
        }

        /// <summary>The span of a row; null if the row is invalid.</summary>
        private AnnotatedSpan? Span(in ListRows row, ListColumns columns)
        {
            var (onset, offset) = (columns[ColumnRole.Onset], columns[ColumnRole.Offset]);
            if (row.Count <= Math.Max(columns[ColumnRole.File], Math.Max(onset, offset)))
                problems.Add(
                    row,
                    $"the row has {row.Count} {(row.Count == 1 ? "field" : "fields")}, but needs a file name, an onset and an offset",
                    "complete the row, or remove it if the recording is annotated from start to end"
                );
            else if (
                problems.IsNumber(row, onset, "onset", out var from)
                && problems.IsNumber(row, offset, "offset", out var to)
            )
            {
                if (SoundEvent.TimeProblem(from, to) is { } problem)
                    problems.Add(row, problem);
                else
                {
                    var field = columns[ColumnRole.Label] is var k and >= 0 && k < row.Count ? row[k] : [];
                    var label = field.IsEmpty ? null : Encoding.UTF8.GetString(field);
                    return new AnnotatedSpan(from, to, label is null ? null : labels?.NameOf(label) ?? label);
                }
            }
            return null;
        }
    }
}
