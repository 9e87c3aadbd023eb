using System.Text;

namespace Sed.Core.Annotations.Formats;

/// <summary>Builds an event list from the rows of a text.</summary>
internal sealed class EventListReading
{
    private const int NoEvent = -1;

    private readonly string source;
    private readonly string format;
    private readonly NamePool files = new();
    private readonly NamePool labels = new();
    private readonly RowProblems problems;
    private readonly ListNotes notes;
    private readonly List<Row> rows = [];
    private readonly Dictionary<(Row Row, string Selection), int> selections = [];
    private readonly RowDetails details;
    private readonly AnnotationOptions options;
    private readonly List<HashSet<string>> annotators = [];
    private readonly Dictionary<int, List<AnnotatedSpan>> stated = []; // by file
    private EventColumns? columns;
    private bool isUnreadable;

    /// <param name="source">Name that messages use for the list.</param>
    /// <param name="options">Minimum confidence, channel, and whether the list annotates a single recording.</param>
    /// <param name="format">Title of the format.</param>
    public EventListReading(string source, AnnotationOptions options, string format)
    {
        this.source = source;
        this.format = format;
        this.options = options;
        problems = new RowProblems(source);
        notes = new ListNotes(options.MinimumConfidence);
        details = new RowDetails(problems);
    }

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
        else if (IsFrequencyRange(row))
            details.AddRange(rows.Count - 1, row);
        else if (ColumnsOf(row) is not { } known)
            return;
        else if (row.Count != known.Fields && !(row.Count > known.Fields && row.CountWithoutEmptyEnd <= known.Fields))
            problems.Add(row, $"the row has {row.Count} fields, but the list has {known.Fields}");
        else
            AddEvent(row, known);
    }

    /// <summary>Builds the list, with the events grouped by file.</summary>
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
        var own = details.IsEmpty ? null : new EventDetails?[starts[^1]];
        var next = starts.AsSpan(0, files.Names.Count).ToArray();
        for (var k = 0; k < rows.Count; k++)
        {
            var row = rows[k];
            if (row.Label == NoEvent)
                continue;
            var place = next[row.File]++;
            lines[place] = row.Line;
            events[place] = new SoundEvent(row.Onset, row.Offset, labels.Names[row.Label]);
            if (own is not null)
                own[place] = details[k];
        }
        EventList list = new(source, [.. files.Names], events, starts, lines, files.Positions)
        {
            NotesWithoutSource = notes.Finish(),
            Details = own,
            Format = format,
            IsSoft = columns is { Confidence: >= 0 } or { Annotator: >= 0 },
            StatedSpans = notes.HasNotPresent
                ? [.. Enumerable.Range(0, files.Names.Count).Select(file => stated.GetValueOrDefault(file, []))]
                : null,
        };
        list = list.OnChannel(options.Channel);
        return columns is { Annotator: >= 0 } ? Consensus.Of(list, annotators, options.MinimumConfidence) : list;
    }

    /// <summary>Determines the columns of a row of events. Null if the row is a header or has a problem.</summary>
    private EventColumns? ColumnsOf(in ListRows row)
    {
        if (columns is not null)
            return columns;
        if (AudioSetSegments.Is(row))
        {
            problems.Add(row, AudioSetSegments.Description, AudioSetSegments.Remedy);
            isUnreadable = true;
        }
        else if (rows.Count == 0 && ListColumns.IsHeader(row))
        {
            columns = EventColumns.OfHeader(row, options.IsOfRecording, problems);
            isUnreadable = columns is null;
            notes.AddUnknown(columns?.Unknown ?? []);
            notes.AreCombined = columns is { Annotator: >= 0 };
        }
        else
            return columns = ColumnsOfFirst(row);
        return null;
    }

    /// <summary>Determines the columns of a list without a header from its first row.</summary>
    private EventColumns? ColumnsOfFirst(in ListRows row)
    {
        var known = EventColumns.Of(row, out var problem);
        if (problem is not null)
            problems.Add(row, problem, "name the columns in a header");
        isUnreadable = problem is not null;
        // An invalid first row is read as a row without a confidence, so that its problem is reported.
        known ??= EventColumns.Plain(row.Count);
        if (known is null)
            problems.Add(
                row,
                $"the row has {row.Count} fields",
                "give 3 (onset, offset, label), 4 (file, onset, offset, label) or 5 (file, scene, onset, offset, label)"
            );
        if (known is { File: < 0 } && rows.Count > 0)
            problems.Add(row, "the row has no file name, but earlier rows have one");
        return known;
    }

    /// <summary>Whether a row is the frequency range of a label, which Audacity writes into a separate row.</summary>
    private bool IsFrequencyRange(in ListRows row) =>
        columns is null or { File: < 0, Onset: 0 } && row[0].SequenceEqual("\\"u8);

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
            AddFile(row, row[0]);
    }

    private void AddEvent(in ListRows row, EventColumns known)
    {
        var (endIndex, endName) = known.Offset >= 0 ? (known.Offset, "offset") : (known.Duration, "duration");
        var labelField = row[known.Label];
        var name = known.File < 0 ? [] : row[known.File];
        if (row[known.Onset].IsEmpty && row[endIndex].IsEmpty && labelField.IsEmpty && !name.IsEmpty)
        {
            AddFile(row, name);
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
        {
            Row sound = new(onset, end, 0, Counts(row, known) ? label : NoEvent, row.Line);
            if (AddEvent(row, known, name, sound) is { } file && known.Presence >= 0)
                AddStated(file, new AnnotatedSpan(onset, end, labels.Names[label]));
        }
        else
            problems.Add(row, "the label is not valid UTF-8 or contains a control character");
    }

    private bool Counts(in ListRows row, EventColumns known) =>
        (known.Confidence < 0 && known.Presence < 0) || notes.Counts(row, known.Confidence, known.Presence, problems);

    /// <summary>
    /// Converts a duration to an offset, and times measured from the start of the first file to times within the file.
    /// False if a field is not a number.
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

    /// <summary>Adds a row with an event. Raven writes one row for each view of a selection.</summary>
    /// <returns>Index of the file; null if the row has a problem.</returns>
    private int? AddEvent(in ListRows row, EventColumns known, ReadOnlySpan<byte> name, Row sound)
    {
        if (FileOf(row, name) is not { } file)
            return null;
        sound = sound with { File = file };
        var position = rows.Count;
        if (known.Selection >= 0)
        {
            var key = (sound with { Line = 0 }, ListText.Shown(row[known.Selection]));
            if (selections.TryAdd(key, position))
                rows.Add(sound);
            // In a waveform view, the frequency range covers all frequencies of the recording, so it is not read.
            else if (known.View < 0 || row[known.View].StartsWith("Spectrogram"u8))
                position = selections[key];
            else
                return file;
        }
        else
            rows.Add(sound);
        if (known.HasDetails)
            details.Add(position, row, known);
        return file;
    }

    private void AddStated(int file, AnnotatedSpan span)
    {
        if (!stated.TryGetValue(file, out var own))
            stated.Add(file, own = []);
        own.Add(span);
    }

    private void AddFile(in ListRows row, ReadOnlySpan<byte> name)
    {
        if (FileOf(row, name) is { } file)
            rows.Add(new Row(0, 0, file, NoEvent, row.Line));
    }

    private int? FileOf(in ListRows row, ReadOnlySpan<byte> name)
    {
        if (columns is { HasForeignPaths: true })
            name = ListColumns.LastPart(name);
        if (files.IndexOf(name) is var file and >= 0)
        {
            AddAnnotator(row, file);
            return file;
        }
        problems.Add(row, "the file name is not valid UTF-8 or contains a control character");
        return null;
    }

    private void AddAnnotator(in ListRows row, int file)
    {
        if (columns is not { Annotator: >= 0 and var field })
            return;
        while (annotators.Count <= file)
            annotators.Add(new HashSet<string>(StringComparer.Ordinal));
        if (field < row.Count)
            annotators[file].Add(Encoding.UTF8.GetString(row[field]));
    }

    /// <summary>
    /// Whether a single field looks like a row with a wrong separator, for example "a.wav,0.5,1.0,Car" or "0.5 1.0
    /// Car". True if it has at least two numbers between commas, semicolons or spaces, or if the whole field is a
    /// number.
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
