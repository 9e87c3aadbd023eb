using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sed.Core.Annotations;

/// <summary>The tags of many files: which labels each of them has, without times. Immutable; rows keep their order and may repeat.</summary>
public sealed class TagList
{
    private readonly List<List<TagRow>> rows;
    private readonly Dictionary<string, int> positions;

    internal TagList(
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

    /// <summary>A list in memory.</summary>
    /// <param name="files">Each file with its labels; a file without labels was looked at and has none.</param>
    /// <param name="source">What the list is called in messages.</param>
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

    /// <summary>The tags that an event list implies: one row per event, so that a label may repeat.</summary>
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

    /// <summary>The path the list was read from, or what it is called in messages.</summary>
    public string Source { get; }

    /// <summary>The files, with or without tags, in the order in which they were first named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>The labels that occur, each once, in ordinal alphabetical order.</summary>
    public IEnumerable<string> Labels =>
        rows.SelectMany(own => own)
            .Select(row => row.Label)
            .Where(label => label != "")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    /// <summary>The position of a file in <see cref="Files"/>, or -1 when the list does not name it.</summary>
    public int IndexOf(string file) => positions.TryGetValue(file, out var index) ? index : -1;

    /// <summary>The rows of the file at this position of <see cref="Files"/>.</summary>
    public ReadOnlySpan<TagRow> RowsAt(int file) => CollectionsMarshal.AsSpan(rows[file]);

    /// <summary>The rows of this file; empty when the list does not name it.</summary>
    public ReadOnlySpan<TagRow> RowsOf(string file) => IndexOf(file) is var k and >= 0 ? RowsAt(k) : [];
}

/// <summary>One row of a tag list: a label that a file has.</summary>
/// <param name="Label">The label; empty when the row only says that the file was looked at and has no tag.</param>
/// <param name="EndIsZero">True for rows "file 0 0 label": the official scorer of DCASE 2017 Task 4 A passes over them.</param>
/// <param name="Line">The line the row stood on, from 1; 0 when the list was not read from a file.</param>
public readonly record struct TagRow(string Label, bool EndIsZero = false, int Line = 0);
