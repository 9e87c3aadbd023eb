namespace Sed.Core.Annotations.Formats;

/// <summary>Builds an event list from the rows of a text.</summary>
/// <param name="source">Name of the list in messages.</param>
/// <param name="minimumConfidence">Minimum confidence of an event, in lists with confidences.</param>
internal sealed class EventListReading(string source, double? minimumConfidence)
{
    private const int NoEvent = -1;

    private readonly NamePool files = new();
    private readonly NamePool labels = new();
    private readonly RowProblems problems = new(source);
    private readonly ListNotes notes = new(minimumConfidence);
    private readonly List<Row> rows = [];
    private readonly HashSet<(Row Row, string Selection)> selections = [];
    private EventColumns? columns;
    private bool isUnreadable;

    private readonly record struct Row(double Onset, double Offset, int File, int Label, int Line);

    /// <summary>Whether a row can be the first row of an event list.</summary>
    public static bool IsFirst(in ListRows row) =>
        ListColumns.IsHeader(row) || EventColumns.Of(row, out _) is not null || AudioSetSegments.Is(row);

    public void Add(in ListRows row)
    {
        if (isUnreadable)
            return;
        if (row.HasOpenQuote)
            problems.AddOpenQuote(row);
        else if (row.Count == 1)
            AddFileWithoutEvents(row);
        else if (ColumnsOf(row) is not { } known)
            return;
        else if (row.Count != known.Fields && !(row.Count > known.Fields && row.CountWithoutEmptyEnd <= known.Fields))
            problems.Add(row, $"the row has {row.Count} fields, but the list has {known.Fields}");
        else if (!IsFrequencyRange(row, known))
            AddEvent(row, known);
    }

    /// <summary>The list with its events grouped by file.</summary>
    /// <exception cref="AnnotationException">There were problems.</exception>
    public EventList Finish()
    {
        if (columns is { Selection: >= 0, FileOffset: < 0, File: >= 0 } && files.Names.Count > 1)
            problems.Add(
                0,
                "the times are measured from the start of the first file, not from the start of each file",
                "export the column \"File Offset (s)\" too"
            );
        problems.ThrowIfAny();
        var starts = new int[files.Names.Count + 1];
        foreach (var row in rows)
            starts[row.File + 1] += row.Label == NoEvent ? 0 : 1;
        for (var k = 1; k < starts.Length; k++)
            starts[k] += starts[k - 1];
        var events = new SoundEvent[starts[^1]];
        var lines = new int[starts[^1]];
        var next = starts.AsSpan(0, files.Names.Count).ToArray();
        foreach (var row in rows)
        {
            if (row.Label == NoEvent)
                continue;
            lines[next[row.File]] = row.Line;
            events[next[row.File]++] = new SoundEvent(row.Onset, row.Offset, labels.Names[row.Label]);
        }
        return new EventList(source, [.. files.Names], events, starts, lines, files.Positions)
        {
            NotesWithoutSource = notes.Finish(),
        };
    }

    /// <summary>The columns of a row of events; null for a header and after a problem.</summary>
    private EventColumns? ColumnsOf(in ListRows row)
    {
        if (columns is not null)
            return columns;
        if (AudioSetSegments.Is(row))
        {
            problems.Add(
                row,
                AudioSetSegments.Description,
                "give a list of events; this list can be read as a list of tags"
            );
            isUnreadable = true;
        }
        else if (rows.Count == 0 && ListColumns.IsHeader(row))
        {
            columns = EventColumns.OfHeader(row, problems);
            isUnreadable = columns is null;
            notes.AddUnknown(columns?.Unknown ?? []);
        }
        else
            return columns = ColumnsOfFirst(row);
        return null;
    }

    /// <summary>The columns of a list without header.</summary>
    private EventColumns? ColumnsOfFirst(in ListRows row)
    {
        var known = EventColumns.Of(row, out var problem);
        if (problem is not null)
            problems.Add(row, problem, "name the columns in a header");
        isUnreadable = problem is not null;
        // An invalid first row is read as one without confidence, so that its problem is reported.
        known ??= EventColumns.Plain(row.Count);
        if (known is null)
            problems.Add(
                row,
                $"the row has {row.Count} fields",
                "write 3 (onset, offset, label), 4 (file first) or 5 (file and scene first)"
            );
        if (known is { File: < 0 } && rows.Count > 0)
            problems.Add(row, "the row has no file name, but earlier rows have one");
        return known;
    }

    /// <summary>Audacity writes the frequency range of a label into a separate row.</summary>
    private static bool IsFrequencyRange(in ListRows row, EventColumns known) =>
        known is { File: < 0, Onset: 0 } && row[0].SequenceEqual("\\"u8) && TextNumbers.LooksLikeANumber(row[1]);

    private void AddFileWithoutEvents(in ListRows row)
    {
        if (columns is null && rows.Count == 0 && ListColumns.IsHeader(row))
            return;
        if (columns is { File: < 0 })
            problems.Add(row, $"\"{ListText.Shown(row[0])}\" is a single field", "write onset, offset and label");
        else if (LooksLikeAnEvent(row[0]))
            problems.Add(
                row,
                $"\"{ListText.Shown(row[0])}\" is a single field",
                row.Separator == '\t' ? "separate fields by tabs" : $"separate fields by \"{row.Separator}\""
            );
        else
            AddRow(row, row[0], 0, 0, NoEvent);
    }

    private void AddEvent(in ListRows row, EventColumns known)
    {
        var (endIndex, endName) = known.Offset >= 0 ? (known.Offset, "offset") : (known.Duration, "duration");
        var labelField = row[known.Label];
        var name = known.File < 0 ? [] : row[known.File];
        if (row[known.Onset].IsEmpty && row[endIndex].IsEmpty && labelField.IsEmpty && !name.IsEmpty)
        {
            AddRow(row, name, 0, 0, NoEvent);
            return;
        }
        if (name.IsEmpty && known.File >= 0)
            problems.Add(row, "the file name is missing");
        else if (
            !problems.IsNumber(row, known.Onset, "onset", out var onset)
            || !problems.IsNumber(row, endIndex, endName, out var end)
        )
            return;
        else if (Times(row, known, ref onset, ref end) && SoundEvent.TimeProblem(onset, end) is { } problem)
            problems.Add(row, problem);
        else if (labelField.IsEmpty)
            problems.Add(row, "the label is missing");
        else if (labels.IndexOf(labelField) is var label and >= 0)
            AddRow(row, name, onset, end, Counts(row, known) ? label : NoEvent);
        else
            problems.Add(row, "the label is not valid UTF-8 or contains a control character");
    }

    private bool Counts(in ListRows row, EventColumns known) =>
        (known.Confidence < 0 && known.Presence < 0) || notes.Counts(row, known.Confidence, known.Presence, problems);

    /// <summary>
    /// Converts a duration to an offset, and times counted over several files to times within the file.
    /// </summary>
    private bool Times(in ListRows row, EventColumns known, ref double onset, ref double end)
    {
        if (known.Offset < 0)
            end += onset;
        if (known.FileOffset < 0)
            return true;
        if (!problems.IsNumber(row, known.FileOffset, "file offset", out var start))
            return false;
        (onset, end) = (start, start + (end - onset));
        return true;
    }

    private void AddRow(in ListRows row, ReadOnlySpan<byte> name, double onset, double offset, int label)
    {
        if (files.IndexOf(name) is not (var file and >= 0))
        {
            problems.Add(row, "the file name is not valid UTF-8 or contains a control character");
            return;
        }
        // Raven writes one row per view of a selection.
        if (
            columns is { Selection: >= 0 and var selection }
            && !selections.Add((new Row(onset, offset, file, label, 0), ListText.Shown(row[selection])))
        )
            return;
        rows.Add(new Row(onset, offset, file, label, row.Line));
    }

    /// <summary>
    /// True for "a.wav,0.5,1.0,Car" and "0.5 1.0 Car": at least two numbers between commas, semicolons or spaces, or a
    /// single number.
    /// </summary>
    private static bool LooksLikeAnEvent(ReadOnlySpan<byte> field)
    {
        var numbers = 0;
        foreach (var range in field.SplitAny(",; "u8))
            if (TextNumbers.TryRead(field[range], out _))
                numbers++;
        return numbers >= 2 || TextNumbers.TryRead(field, out _);
    }
}
