using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sed.Core.Annotations;

/// <summary>
/// Clip-level labels (tags) of many files, without times. Immutable. Rows keep their order and can repeat.
/// </summary>
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

    /// <summary>A copy of a list with other rows.</summary>
    private TagList(TagList list, List<List<TagRow>> rows)
        : this(list.Source, list.Files, rows, list.positions)
    {
        NotesWithoutSource = list.NotesWithoutSource;
        Sources = list.Sources;
        Confidences = list.Confidences;
        NotPresent = list.NotPresent;
    }

    /// <summary>Creates a list in memory.</summary>
    /// <param name="files">
    /// Each file with its labels. A file without labels counts as annotated: no class is present.
    /// </param>
    /// <param name="source">Name that messages use for the list.</param>
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

    /// <summary>Creates a tag list from an event list. Each event becomes a row, so a label can repeat.</summary>
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
        return new TagList(events.Source, events.Files, rows, positions) { Sources = events.Sources };
    }

    /// <summary>
    /// Reads a list of tags with tabs, semicolons or commas between fields (UTF-8, or UTF-16 with a byte order mark). A
    /// row has the form "file start end label" (DCASE) or "file label" (DESED). For a file without tags, it has the
    /// form "file" or "file start end". A header can name the columns, in any order. In a column "event_labels" or
    /// "labels", a field has several labels separated by commas, and a label in quotes can contain commas. AudioSet's
    /// segment lists are read with the identifiers of their labels.
    /// </summary>
    /// <param name="path">The list.</param>
    /// <param name="minimumConfidence">
    /// Minimum confidence of a tag, from 0 to 1, in lists with confidences. Tags below it are left out. The default is
    /// 0.5, and <see cref="Notes"/> reports the tags that it excludes.
    /// </param>
    /// <exception cref="AnnotationException">
    /// The list has invalid rows. The exception lists them with their line numbers.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TagList Read(string path, double? minimumConfidence = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ListText.Read(path), path, minimumConfidence);
    }

    /// <summary>Reads a tag list from UTF-8 text.</summary>
    /// <param name="text">The text; empty for a list without files.</param>
    /// <param name="source">Name that messages use for the list.</param>
    /// <exception cref="AnnotationException">
    /// The list has invalid rows. The exception lists them with their line numbers.
    /// </exception>
    public static TagList Parse(ReadOnlySpan<byte> text, string source) => Parse(text, source, null);

    internal static TagList Parse(ReadOnlySpan<byte> text, string source, double? minimumConfidence)
    {
        ListText.RequireText(text, source);
        var rows = ListRows.Open(text, TagListReading.IsFirst);
        TagListReading reading = new(source, minimumConfidence);
        while (rows.Next())
            reading.Add(rows);
        return reading.Finish();
    }

    /// <summary>Path of the list, or the name that messages use for it.</summary>
    public string Source { get; }

    /// <summary>
    /// Notes about parts of the list that were not read as tags, in the same format as <see cref="EventList.Notes"/>.
    /// </summary>
    public IReadOnlyList<string> Notes => [.. NotesWithoutSource.Select(note => $"{Source}: {note}")];

    /// <summary><see cref="Notes"/> without the name of the list.</summary>
    internal IReadOnlyList<string> NotesWithoutSource { get; init; } = [];

    /// <summary>
    /// Path of the annotation file of each recording, for tags of events that were read from several annotation files;
    /// otherwise null.
    /// </summary>
    internal string[]? Sources { get; init; }

    /// <summary>Path of the file with the tags of a recording.</summary>
    /// <param name="file">Position of the recording in <see cref="Files"/>.</param>
    internal string SourceAt(int file) => Sources?[file] ?? Source;

    /// <summary>The files, with or without tags, in the order in which they are first named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>The distinct labels in ordinal alphabetical order.</summary>
    public IEnumerable<string> Labels =>
        rows.SelectMany(own => own)
            .Select(row => row.Label)
            .Where(label => label != "")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    /// <summary>Returns a copy of the list with different labels.</summary>
    /// <param name="label">Maps each label to its new label.</param>
    internal TagList Relabelled(Func<string, string> label) =>
        new(this, [.. rows.Select(own => own.ConvertAll(row => row with { Label = label(row.Label) }))])
        {
            NotPresent = NotPresent.ToDictionary(
                entry => entry.Key,
                entry => entry.Value.ConvertAll(stated => (label(stated.Label), stated.IsUnknown))
            ),
            Confidences = Confidences?.Relabelled(label),
        };

    /// <summary>
    /// Selects the tags of the given classes. All files are kept. A note reports the number of tags that are left out,
    /// and their labels.
    /// </summary>
    /// <param name="classes">The classes to keep.</param>
    public TagList OfClasses(ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        LeftOutLabels left = new(classes);
        // A row without a label names a file without tags, or a label that is not present.
        List<List<TagRow>> kept = [.. rows.Select(own => own.FindAll(row => row.Label == "" || left.Keeps(row.Label)))];
        return left.Note is { } note
            ? new TagList(this, kept)
            {
                NotesWithoutSource = [.. NotesWithoutSource, note],
                NotPresent = NotPresent.ToDictionary(
                    entry => entry.Key,
                    entry => entry.Value.FindAll(stated => classes.IndexOf(stated.Label) >= 0)
                ),
            }
            : this;
    }

    /// <summary>Returns a copy of the list in which the given labels are marked as unknown.</summary>
    /// <param name="unknown">The unknown labels of each file.</param>
    internal TagList WithUnknown(IReadOnlyDictionary<string, IReadOnlyList<string>> unknown) =>
        new(this, rows)
        {
            NotPresent = unknown.ToDictionary(
                entry => entry.Key,
                entry => entry.Value.Select(label => (label, true)).ToList()
            ),
        };

    /// <summary>
    /// The labels of a file that the list states to be unknown (IsUnknown is true; for example an empty presence field)
    /// or absent (IsUnknown is false).
    /// </summary>
    internal IReadOnlyList<(string Label, bool IsUnknown)> NotPresentOf(string file) =>
        NotPresent.TryGetValue(file, out var labels) ? labels : [];

    /// <summary>The labels of a file with their confidences; null if the list has no confidences.</summary>
    internal IReadOnlyList<SoftTag>? ConfidencesOf(string file) =>
        Confidences
            ?.TagsOf(file)
            .Where(tag => tag.Confidence is not null)
            .Select(tag => new SoftTag(tag.Label, tag.Confidence!.Value))
            .ToArray();

    internal TagConfidences? Confidences { get; init; }

    internal IReadOnlyDictionary<string, List<(string Label, bool IsUnknown)>> NotPresent { get; init; } =
        new Dictionary<string, List<(string Label, bool IsUnknown)>>();

    /// <summary>The position of a file in <see cref="Files"/>, or -1 if the list does not name it.</summary>
    public int IndexOf(string file) => positions.TryGetValue(file, out var index) ? index : -1;

    /// <summary>The rows of the file at a position of <see cref="Files"/>.</summary>
    public ReadOnlySpan<TagRow> RowsAt(int file) => CollectionsMarshal.AsSpan(rows[file]);

    /// <summary>The rows of a file; empty if the list does not name it.</summary>
    public ReadOnlySpan<TagRow> RowsOf(string file) => IndexOf(file) is var k and >= 0 ? RowsAt(k) : [];
}

/// <summary>One label of one file in a tag list.</summary>
/// <param name="Label">The label; empty for a file without tags.</param>
/// <param name="EndIsZero">
/// True for rows "file 0 0 label", which the official scorer of DCASE 2017 Task 4 A skips.
/// </param>
/// <param name="Line">Line number from 1; 0 for lists that were not read from text.</param>
public readonly record struct TagRow(string Label, bool EndIsZero = false, int Line = 0);
