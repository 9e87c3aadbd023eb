using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>Clip-level labels (tags) of many files, without times. Immutable. Rows keep their order and can repeat.</summary>
public sealed class TagList
{
    private readonly List<List<TagRow>> rows;
    private readonly Dictionary<string, int> positions;

    private TagList(
        string source,
        ImmutableArray<string> files,
        List<List<TagRow>> rows,
        Dictionary<string, int> positions
    )
    {
        Source = source;
        Files = files;
        this.rows = rows;
        this.positions = positions;
    }

    /// <summary>A list given in memory.</summary>
    /// <param name="files">Each file with its labels. A file without labels is annotated and has none.</param>
    /// <param name="source">Name of the list in messages.</param>
    /// <exception cref="AnnotationException">A file is given twice, or a label is empty.</exception>
    public static TagList Of(
        IEnumerable<(string File, IReadOnlyCollection<string> Labels)> files,
        string source = "tag list in memory"
    )
    {
        ArgumentNullException.ThrowIfNull(files);
        ProblemList problems = new();
        List<List<TagRow>> rows = [];
        Dictionary<string, int> positions = new(StringComparer.Ordinal);
        foreach (var (file, labels) in files)
        {
            if (!positions.TryAdd(file, rows.Count))
                problems.Add(source, 0, $"the file \"{file}\" is given twice");
            if (labels.Any(string.IsNullOrWhiteSpace))
                problems.Add(source, 0, $"file \"{file}\": a label is empty");
            rows.Add([.. labels.Select(label => new TagRow(label))]);
        }
        problems.ThrowIfAny();
        return new TagList(source, [.. positions.Keys], rows, positions);
    }

    /// <summary>The tags that an event list implies: one row per event, so that a label can repeat.</summary>
    public static TagList From(EventList events)
    {
        ArgumentNullException.ThrowIfNull(events);
        List<List<TagRow>> rows = [];
        Dictionary<string, int> positions = new(StringComparer.Ordinal);
        for (var file = 0; file < events.Files.Length; file++)
        {
            positions.Add(events.Files[file], file);
            List<TagRow> own = [];
            foreach (var sound in events.EventsAt(file))
                own.Add(new TagRow(sound.Label, sound.Offset == 0, events.LineOf(file, own.Count)));
            rows.Add(own);
        }
        return new TagList(events.Source, events.Files, rows, positions);
    }

    /// <summary>
    /// Reads a tab-separated tag list (LF or CRLF, UTF-8). A row is "file start end label" (DCASE), "file label" (DESED), or a
    /// file without tags: its name alone or with times only. The first row can be a header; below the header
    /// "event_labels", a field holds several labels separated by commas.
    /// </summary>
    /// <exception cref="AnnotationException">The list has invalid rows; each is named with its line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TagList Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ListText.Read(path), path);
    }

    /// <summary>Reads a tag list from UTF-8 text.</summary>
    /// <param name="text">The text; empty for a list without files.</param>
    /// <param name="source">Name of the list in messages.</param>
    /// <exception cref="AnnotationException">The list has invalid rows; each is named with its line.</exception>
    public static TagList Parse(ReadOnlySpan<byte> text, string source)
    {
        ListText.RequireText(text, source);
        var rows = new TabRows(text);
        Reading reading = new(source);
        while (rows.Next())
            reading.Add(rows);
        return reading.Finish();
    }

    /// <summary>Path of the list, or its name in messages.</summary>
    public string Source { get; }

    /// <summary>The files, with or without tags, in the order in which they are first named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>The distinct labels in ordinal alphabetical order.</summary>
    public IEnumerable<string> Labels =>
        rows.SelectMany(own => own)
            .Select(row => row.Label)
            .Where(label => label != "")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    /// <summary>The position of a file in <see cref="Files"/>, or -1 where the list does not name it.</summary>
    public int IndexOf(string file) => positions.TryGetValue(file, out var index) ? index : -1;

    /// <summary>The rows of the file at a position of <see cref="Files"/>.</summary>
    public ReadOnlySpan<TagRow> RowsAt(int file) => CollectionsMarshal.AsSpan(rows[file]);

    /// <summary>The rows of a file; empty where the list does not name it.</summary>
    public ReadOnlySpan<TagRow> RowsOf(string file) => IndexOf(file) is var k and >= 0 ? RowsAt(k) : [];

    private sealed class Reading(string source)
    {
        private readonly NamePool files = new();
        private readonly NamePool labels = new();
        private readonly ProblemList problems = new();
        private readonly List<List<TagRow>> rows = [];
        private bool started;
        private bool severalLabels;

        public void Add(in TabRows row)
        {
            var first = !started;
            started = true;
            if (first && IsHeader(row))
                return;
            if (row.Count > 4)
            {
                problems.Add(
                    source,
                    row.Line,
                    $"the row has {row.Count} fields",
                    "write 2 (file, label) or 4 (file, start, end, label)"
                );
                return;
            }
            var label = row.Count is 2 or 4 ? row[row.Count - 1] : [];
            var endIsZero = false;
            if (row.Count >= 3 && !CheckTimes(row, out endIsZero))
                return;
            if (row[0].IsEmpty)
                problems.Add(source, row.Line, "the file name is missing");
            else if (row.Count == 1 && row[0].Contains((byte)','))
                problems.Add(
                    source,
                    row.Line,
                    $"\"{ListText.Shown(row[0])}\" is a single field",
                    "separate fields by tabs"
                );
            else
                AddLabels(row, label, row.Count == 4 && endIsZero);
        }

        public TagList Finish()
        {
            problems.ThrowIfAny();
            return new TagList(source, [.. files.Names], rows, files.Positions);
        }

        private bool IsHeader(in TabRows row)
        {
            var name = Encoding.UTF8.GetString(row[row.Count - 1]).ToLowerInvariant();
            var first = Encoding.UTF8.GetString(row[0]).ToLowerInvariant();
            severalLabels = name == "event_labels";
            return first is "filename" or "file"
                && name is "event_labels" or "event_label" or "label" or "filename" or "file";
        }

        private bool CheckTimes(in TabRows row, out bool endIsZero)
        {
            endIsZero = false;
            if (row.Count == 4 && row[1].IsEmpty && row[2].IsEmpty)
                return true;
            if (!TextNumbers.TryRead(row[1], out var start))
                problems.Add(source, row.Line, $"the start \"{ListText.Shown(row[1])}\" is not a number");
            else if (!TextNumbers.TryRead(row[2], out var end))
                problems.Add(source, row.Line, $"the end \"{ListText.Shown(row[2])}\" is not a number");
            else if (SoundEvent.TimeProblem(start, end, "start", "end") is { } problem)
                problems.Add(source, row.Line, problem);
            else
            {
                endIsZero = end == 0;
                return true;
            }
            return false;
        }

        private void AddLabels(in TabRows row, ReadOnlySpan<byte> field, bool endIsZero)
        {
            var file = files.IndexOf(row[0]);
            if (file < 0)
            {
                problems.Add(source, row.Line, "the file name is not valid UTF-8 or contains a control character");
                return;
            }
            if (file == rows.Count)
                rows.Add([]);
            if (field.IsEmpty)
                rows[file].Add(new TagRow("", false, row.Line));
            else if (!severalLabels)
                AddLabel(row, file, field, endIsZero);
            else
                foreach (var part in field.Split((byte)','))
                    AddLabel(row, file, field[part].Trim((byte)' '), endIsZero);
        }

        private void AddLabel(in TabRows row, int file, ReadOnlySpan<byte> name, bool endIsZero)
        {
            if (labels.IndexOf(name) is var label and >= 0)
                rows[file].Add(new TagRow(labels.Names[label], endIsZero, row.Line));
            else
                problems.Add(source, row.Line, "the label is not valid UTF-8 or contains a control character");
        }
    }
}

/// <summary>One row of a tag list: a file has a label.</summary>
/// <param name="Label">The label; empty for a file without tags.</param>
/// <param name="EndIsZero">True for rows "file 0 0 label", which the official scorer of DCASE 2017 Task 4 A skips.</param>
/// <param name="Line">Line number from 1; 0 for lists that were not read from text.</param>
public readonly record struct TagRow(string Label, bool EndIsZero = false, int Line = 0);
