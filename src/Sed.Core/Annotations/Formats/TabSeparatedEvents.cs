using System.Globalization;
using System.Text;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Tab-separated event lists of DCASE and DESED (UTF-8, LF or CRLF). A row is "file onset offset label",
/// "file scene onset offset label", "onset offset label" (one recording, which the list does not name), or a file without
/// events: its name alone or with empty fields. Times are in seconds. A header can name the columns, in any order.
/// </summary>
/// <param name="header">Whether a written list begins with the names of the columns.</param>
public sealed class TabSeparatedEvents(bool header) : IAnnotationFormat
{
    /// <summary>Writes lists with a header.</summary>
    public TabSeparatedEvents()
        : this(true) { }

    /// <inheritdoc />
    public string Name => "tsv";

    /// <inheritdoc />
    public string Title => "tab-separated event list";

    /// <inheritdoc />
    public string Expected => "rows of file, onset, offset and label, separated by tabs";

    /// <inheritdoc />
    public IReadOnlyList<string> Extensions { get; } = [".tsv", ".txt", ".csv"];

    /// <inheritdoc />
    public bool Recognises(ReadOnlySpan<byte> head)
    {
        var row = new TabRows(head);
        while (row.Next())
        {
            if (row.Count > 1)
                return EventColumns.OfHeader(row) is not null || EventColumns.Of(row.Count)?.FitTimesOf(row) == true;
            if (!LooksLikeAFileName(row[0]))
                return false;
        }
        return true;
    }

    /// <inheritdoc />
    public EventList Read(ReadOnlySpan<byte> text, string source)
    {
        ListText.RequireText(text, source);
        var rows = new TabRows(text);
        var reading = new Reading(source);
        while (rows.Next())
            reading.Add(rows);
        return reading.Finish();
    }

    /// <inheritdoc />
    public EventWriter Write(TextWriter text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (header)
            text.Write("filename\tonset\toffset\tevent_label\n");
        return new Writer(text);
    }

    private static bool LooksLikeAFileName(ReadOnlySpan<byte> field) =>
        field.IndexOfAny("{}[]<>=\"\0"u8) < 0
        && field.LastIndexOf((byte)'.') is var point and > 0
        && field.Length - point is >= 2 and <= 6
        && field.IndexOfAnyInRange((byte)'\0', (byte)31) < 0
        && !TextNumbers.TryRead(field, out _);

    private sealed class Writer(TextWriter text) : EventWriter(text)
    {
        public override void Add(string file, IReadOnlyList<SoundEvent> events)
        {
            ListNames.Require(file, events.Select(sound => sound.Label).Prepend(file));
            if (events.Count == 0)
                Text.Write($"{file}\n");
            foreach (var (onset, offset, label) in events)
                Text.Write(string.Create(CultureInfo.InvariantCulture, $"{file}\t{onset:R}\t{offset:R}\t{label}\n"));
            Text.Flush();
        }
    }

    /// <summary>Builds an event list from the rows of a text.</summary>
    private sealed class Reading(string source)
    {
        private const int NoEvent = -1;

        private readonly NamePool files = new();
        private readonly NamePool labels = new();
        private readonly ProblemList problems = new();
        private readonly List<Row> rows = [];
        private EventColumns? columns;

        private readonly record struct Row(double Onset, double Offset, int File, int Label, int Line);

        public void Add(in TabRows row)
        {
            if (row.Count == 1)
                AddFileWithoutEvents(row);
            else if (ColumnsOf(row) is not { } known)
                return;
            else if (row.Count != known.Fields)
                Problem(row, $"the row has {row.Count} fields, but the list has {known.Fields}");
            else
                AddEvent(row, known);
        }

        /// <summary>The list with its events grouped by file.</summary>
        /// <exception cref="AnnotationException">There were problems.</exception>
        public EventList Finish()
        {
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
            return new EventList(source, [.. files.Names], events, starts, lines, files.Positions);
        }

        private EventColumns? ColumnsOf(in TabRows row)
        {
            if (columns is not null)
                return columns;
            var header = rows.Count == 0 ? EventColumns.OfHeader(row) : null;
            columns = header ?? EventColumns.Of(row.Count);
            if (columns is null)
                Problem(
                    row,
                    $"the row has {row.Count} fields",
                    "write 3 (onset, offset, label), 4 (file first) or 5 (file and scene first)"
                );
            if (columns is { File: < 0 } && rows.Count > 0)
                Problem(row, "the row has no file name, but earlier rows have one");
            return header is null ? columns : null;
        }

        private void AddFileWithoutEvents(in TabRows row)
        {
            if (columns is { File: < 0 })
                Problem(row, $"\"{ListText.Shown(row[0])}\" is a single field", "write onset, offset and label");
            else if (LooksLikeAnEvent(row[0]))
                Problem(row, $"\"{ListText.Shown(row[0])}\" is a single field", "separate fields by tabs");
            else
                AddRow(row, row[0], 0, 0, NoEvent);
        }

        private void AddEvent(in TabRows row, EventColumns known)
        {
            var onsetField = row[known.Onset];
            var offsetField = row[known.Offset];
            var labelField = row[known.Label];
            var name = known.File < 0 ? [] : row[known.File];
            if (onsetField.IsEmpty && offsetField.IsEmpty && labelField.IsEmpty && !name.IsEmpty)
            {
                AddRow(row, name, 0, 0, NoEvent);
                return;
            }
            if (name.IsEmpty && known.File >= 0)
                Problem(row, "the file name is missing");
            else if (!TextNumbers.TryRead(onsetField, out var onset))
                Problem(row, $"the onset \"{ListText.Shown(onsetField)}\" is not a number");
            else if (!TextNumbers.TryRead(offsetField, out var offset))
                Problem(row, $"the offset \"{ListText.Shown(offsetField)}\" is not a number");
            else if (SoundEvent.TimeProblem(onset, offset) is { } problem)
                Problem(row, problem);
            else if (labelField.IsEmpty)
                Problem(row, "the label is missing");
            else if (labels.IndexOf(labelField) is var label and >= 0)
                AddRow(row, name, onset, offset, label);
            else
                Problem(row, "the label is not valid UTF-8 or contains a control character");
        }

        private void AddRow(in TabRows row, ReadOnlySpan<byte> name, double onset, double offset, int label)
        {
            if (files.IndexOf(name) is var file and >= 0)
                rows.Add(new Row(onset, offset, file, label, row.Line));
            else
                Problem(row, "the file name is not valid UTF-8 or contains a control character");
        }

        private void Problem(in TabRows row, string cause, string remedy = "") =>
            problems.Add(source, row.Line, cause, remedy);

        /// <summary>True for "a.wav,0.5,1.0,Car" and "0.5 1.0 Car": at least two numbers between commas, semicolons or spaces, or a single number.</summary>
        private static bool LooksLikeAnEvent(ReadOnlySpan<byte> field)
        {
            var numbers = 0;
            foreach (var range in field.SplitAny(",; "u8))
                if (TextNumbers.TryRead(field[range], out _))
                    numbers++;
            return numbers >= 2 || TextNumbers.TryRead(field, out _);
        }
    }

    /// <summary>The columns of an event list, from its header or from the number of fields of its first row.</summary>
    /// <param name="Fields">Number of fields of a row.</param>
    /// <param name="File">Index of the file name; -1 for a list of one recording that it does not name.</param>
    /// <param name="Onset">Index of the onset.</param>
    /// <param name="Offset">Index of the offset.</param>
    /// <param name="Label">Index of the label.</param>
    private sealed record EventColumns(int Fields, int File, int Onset, int Offset, int Label)
    {
        private static readonly string[] FileNames = ["filename", "file", "file_name", "audio_filename"];
        private static readonly string[] OnsetNames =
        [
            "onset",
            "event_onset",
            "start",
            "start_time",
            "start_time_seconds",
        ];
        private static readonly string[] OffsetNames =
        [
            "offset",
            "event_offset",
            "end",
            "end_time",
            "end_time_seconds",
        ];
        private static readonly string[] LabelNames = ["event_label", "label", "class", "event"];

        /// <summary>
        /// The columns of a list without header: "onset offset label", "file onset offset label" or
        /// "file scene onset offset label"; null for any other number of fields.
        /// </summary>
        public static EventColumns? Of(int fields) =>
            fields switch
            {
                3 => new EventColumns(3, -1, 0, 1, 2),
                4 => new EventColumns(4, 0, 1, 2, 3),
                5 => new EventColumns(5, 0, 2, 3, 4),
                _ => null,
            };

        /// <summary>The columns that a header names; null where the row is not a header.</summary>
        public static EventColumns? OfHeader(in TabRows row)
        {
            var (file, onset, offset, label) = (-1, -1, -1, -1);
            for (var k = 0; k < row.Count; k++)
            {
                var name = Encoding.UTF8.GetString(row[k]).ToLowerInvariant();
                if (FileNames.Contains(name))
                    file = k;
                else if (OnsetNames.Contains(name))
                    onset = k;
                else if (OffsetNames.Contains(name))
                    offset = k;
                else if (LabelNames.Contains(name))
                    label = k;
            }
            var complete = onset >= 0 && offset >= 0 && label >= 0;
            return complete ? new EventColumns(row.Count, file, onset, offset, label) : null;
        }

        /// <summary>Whether the fields of a row at these columns are times, or all empty.</summary>
        public bool FitTimesOf(in TabRows row) =>
            row[Onset].IsEmpty && row[Offset].IsEmpty
            || TextNumbers.TryRead(row[Onset], out _) && TextNumbers.TryRead(row[Offset], out _);
    }
}
