using System.Text;

namespace Sed.Core.Annotations;

/// <summary>
/// Reads tab-separated tag lists. A row is "file start end label" (DCASE), "file label" (DESED), or a file name alone or
/// with times but without label (a file that has no tag). A header may come first; where it says "event_labels", a field
/// holds several labels separated by commas. LF or CRLF, UTF-8.
/// </summary>
public static class TagListFile
{
    /// <summary>Reads a list.</summary>
    /// <exception cref="AnnotationException">The list has rows that are no tags; every one is named with its line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TagList Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ListBytes.Read(path), path);
    }

    /// <summary>Reads a list from UTF-8 text.</summary>
    /// <param name="text">The text; empty for a list without files.</param>
    /// <param name="source">What the list is called in messages.</param>
    /// <exception cref="AnnotationException">The list has rows that are no tags; every one is named with its line.</exception>
    public static TagList Parse(ReadOnlySpan<byte> text, string source)
    {
        ListBytes.RequireText(text, source);
        var rows = new TabRows(text);
        Reading reading = new(source);
        while (rows.Next())
            reading.Add(rows);
        return reading.Finish();
    }

    /// <summary>The text of a list: a row "file label" for each tag, and a file name alone for a file that has none.</summary>
    /// <exception cref="AnnotationException">A name or label cannot stand in a tab-separated list.</exception>
    public static string Format(TagList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        ListBytes.RequireWritable(list.Source, list.Files.Concat(list.Labels));
        StringBuilder text = new();
        for (var file = 0; file < list.Files.Length; file++)
        {
            if (list.RowsAt(file).IsEmpty)
                text.Append(list.Files[file]).Append('\n');
            foreach (var row in list.RowsAt(file))
                text.Append(list.Files[file]).Append('\t').Append(row.Label).Append('\n');
        }
        return text.ToString();
    }

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
                    $"the row has {row.Count} fields; a tag has 2 (file, label) or 4 (file, start, end, label)"
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
                    $"\"{Encoding.UTF8.GetString(row[0])}\" is one field; the fields of a tag are separated by tabs"
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
                problems.Add(
                    source,
                    row.Line,
                    $"the start \"{Encoding.UTF8.GetString(row[1])}\" is not a number of seconds"
                );
            else if (!TextNumbers.TryRead(row[2], out var end))
                problems.Add(
                    source,
                    row.Line,
                    $"the end \"{Encoding.UTF8.GetString(row[2])}\" is not a number of seconds"
                );
            else if (SoundEvent.TimeProblem(start, end) is { } problem)
                problems.Add(source, row.Line, problem.Replace("onset", "start").Replace("offset", "end"));
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
                problems.Add(source, row.Line, "the file name is not UTF-8 text or holds a control character");
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
                problems.Add(source, row.Line, "the label is not UTF-8 text or holds a control character");
        }
    }
}
