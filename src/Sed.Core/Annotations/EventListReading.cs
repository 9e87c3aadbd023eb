using System.Text;

namespace Sed.Core.Annotations;

/// <summary>Takes the rows of one list and makes an <see cref="EventList"/> of them.</summary>
internal sealed class EventListReading(string source)
{
    private const int NoEvent = -1;

    private readonly NamePool files = new();
    private readonly NamePool labels = new();
    private readonly ProblemList problems = new();
    private readonly List<Row> rows = [];
    private EventListLayout? layout;

    private readonly record struct Row(double Onset, double Offset, int File, int Label, int Line);

    /// <summary>Takes one row; what is wrong with it is kept for the end.</summary>
    public void Add(in TabRows row)
    {
        if (row.Count == 1)
            AddNameAlone(row);
        else if (LayoutOf(row) is not { } layout)
            return;
        else if (row.Count != layout.Fields)
            Problem(row, $"the row has {row.Count} fields where the list has {layout.Fields}");
        else
            AddEvent(row, layout);
    }

    /// <summary>The list, its events grouped by file.</summary>
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

    private EventListLayout? LayoutOf(in TabRows row)
    {
        if (layout is not null)
            return layout;
        var header = rows.Count == 0 ? EventListLayout.OfHeader(row) : null;
        layout = header ?? EventListLayout.Of(row.Count);
        if (layout is null)
            Problem(
                row,
                $"the row has {row.Count} fields; an event has 3 (onset, offset, label), 4 (file first) or 5 (file and scene first)"
            );
        if (layout is { File: < 0 } && rows.Count > 0)
            Problem(row, "the row names no file, but the list named files before");
        return header is null ? layout : null;
    }

    private void AddNameAlone(in TabRows row)
    {
        if (layout is { File: < 0 })
            Problem(row, $"\"{Shown(row[0])}\" is a name alone, but the list's rows name no files");
        else if (LooksLikeAnEvent(row[0]))
            Problem(row, $"\"{Shown(row[0])}\" is one field; the fields of an event are separated by tabs");
        else
            AddRow(row, row[0], 0, 0, NoEvent);
    }

    private void AddEvent(in TabRows row, EventListLayout layout)
    {
        var onsetField = row[layout.Onset];
        var offsetField = row[layout.Offset];
        var labelField = row[layout.Label];
        var name = layout.File < 0 ? [] : row[layout.File];
        if (onsetField.IsEmpty && offsetField.IsEmpty && labelField.IsEmpty && !name.IsEmpty)
        {
            AddRow(row, name, 0, 0, NoEvent);
            return;
        }
        if (name.IsEmpty && layout.File >= 0)
            Problem(row, "the file name is missing");
        else if (!TextNumbers.TryRead(onsetField, out var onset))
            Problem(row, $"the onset \"{Shown(onsetField)}\" is not a number of seconds");
        else if (!TextNumbers.TryRead(offsetField, out var offset))
            Problem(row, $"the offset \"{Shown(offsetField)}\" is not a number of seconds");
        else if (SoundEvent.TimeProblem(onset, offset) is { } problem)
            Problem(row, problem);
        else if (labelField.IsEmpty)
            Problem(row, "the label is missing");
        else if (labels.IndexOf(labelField) is var label and >= 0)
            AddRow(row, name, onset, offset, label);
        else
            Problem(row, "the label is not UTF-8 text or holds a control character");
    }

    private void AddRow(in TabRows row, ReadOnlySpan<byte> name, double onset, double offset, int label)
    {
        if (files.IndexOf(name) is var file and >= 0)
            rows.Add(new Row(onset, offset, file, label, row.Line));
        else
            Problem(row, "the file name is not UTF-8 text or holds a control character");
    }

    private void Problem(in TabRows row, string cause) => problems.Add(source, row.Line, cause);

    /// <summary>True for "a.wav,0.5,1.0,Car" and "0.5 1.0 Car": two numbers or more between commas, semicolons or spaces, or a bare number.</summary>
    private static bool LooksLikeAnEvent(ReadOnlySpan<byte> field)
    {
        var numbers = 0;
        foreach (var range in field.SplitAny(",; "u8))
            if (TextNumbers.TryRead(field[range], out _))
                numbers++;
        return numbers >= 2 || TextNumbers.TryRead(field, out _);
    }

    private static string Shown(ReadOnlySpan<byte> field)
    {
        var text = Encoding.UTF8.GetString(field.Length > 60 ? field[..60] : field);
        return field.Length > 60 ? text + "..." : text;
    }
}
