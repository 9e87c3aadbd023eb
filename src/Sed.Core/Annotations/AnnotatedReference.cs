namespace Sed.Core.Annotations;

/// <summary>
/// The times at which the events of a reference are annotated, from a list of spans: the columns filename, onset and offset (s)
/// and, for spans in which only one class is annotated, event_label. Outside its spans it is unknown whether events occur. Files
/// that the list does not name are annotated completely. A span extends to the onset and offset of events that it overlaps.
/// </summary>
public sealed class AnnotatedReference
{
    private readonly EventList reference;
    private readonly Dictionary<string, AnnotatedSpan[]> spans;
    private readonly AnnotatedList list;

    private AnnotatedReference(EventList reference, Dictionary<string, AnnotatedSpan[]> spans, AnnotatedList list) =>
        (this.reference, this.spans, this.list) = (reference, spans, list);

    /// <summary>
    /// Reads a list of spans for a reference. Names of files are compared as in <see cref="Durations.Of(string)"/>, with their
    /// folders and then without.
    /// </summary>
    /// <param name="path">The list: fields separated by tabs, commas or semicolons, with a header.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="classes">The classes that are scored.</param>
    /// <param name="names">Names that replace the identifiers in the column event_label. Default: none.</param>
    /// <exception cref="AnnotationException">
    /// Rows are invalid, the reference does not have a recording of the list, a label is not one of the classes, or an event of the
    /// reference lies outside the spans. All problems are reported, each with its line.
    /// </exception>
    /// <exception cref="IOException">The list cannot be read.</exception>
    public static AnnotatedReference Read(string path, EventList reference, ClassList classes, LabelNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(classes);
        ProblemList problems = new();
        var list = AnnotatedList.Read(path, problems, names);
        AddForeignLabels(list, classes, problems);
        Dictionary<string, AnnotatedSpan[]> spans = new(StringComparer.Ordinal);
        Dictionary<int, string> taken = [];
        for (var file = 0; file < reference.Files.Length; file++)
        {
            var name = EventListNames.NameOf(reference.Files[file], reference);
            if (list.IndexOf(name) is not (var k and >= 0))
                continue;
            if (!taken.TryAdd(k, name))
                problems.Add(
                    path,
                    list.Recordings[k].Line,
                    $"the recording \"{list.Recordings[k].Name}\" matches two files of {reference.Source}, \"{taken[k]}\" and \"{name}\"",
                    "name each with its folder"
                );
            spans[reference.Files[file]] = list.Extended(
                k,
                reference.EventsAt(file).ToArray(),
                outside => AddOutside(reference, file, outside, path, problems)
            );
        }
        for (var k = 0; k < list.Recordings.Count; k++)
            if (!taken.ContainsKey(k))
                problems.Add(
                    path,
                    list.Recordings[k].Line,
                    $"the recording \"{list.Recordings[k].Name}\" is not in {reference.Source}",
                    "correct its name, remove its rows, or add it to the reference: one row per event or, if it has none, a row with only its name"
                );
        problems.ThrowIfAny();
        return new AnnotatedReference(reference, spans, list);
    }

    /// <summary>Path of the list.</summary>
    public string Source => list.Source;

    /// <summary>Notes about unused columns; each begins with the name of the list.</summary>
    public IReadOnlyList<string> Notes => [.. list.NotesWithoutSource.Select(note => $"{Source}: {note}")];

    /// <summary>Number of files of the reference that the list names.</summary>
    public int Files => spans.Count;

    /// <summary>The annotated times, with the files of the reference; null if everything is annotated.</summary>
    /// <param name="classes">The classes whose order the times have.</param>
    public KnownTimes? TimesOf(ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return KnownTimes.Of(
            spans.Select(entry => (entry.Key, classes.Select(label => AnnotatedSpan.Of(label, entry.Value)).ToArray()))
        );
    }

    /// <summary>
    /// The tags of the reference's events. A class without events in a file is absent if it is annotated over the whole file,
    /// otherwise unknown. A file of unknown duration never counts as annotated over the whole file.
    /// </summary>
    /// <param name="classes">The classes.</param>
    /// <param name="durations">Length of each file; null: unknown.</param>
    public TagList TagsOf(ClassList classes, Durations? durations)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return TagList
            .From(reference)
            .WithUnknown(
                spans.ToDictionary(
                    entry => entry.Key,
                    entry =>
                        AnnotatedSpan.UnknownLabels(
                            entry.Value,
                            LabelsOf(entry.Key),
                            classes,
                            durations?.Of(entry.Key) ?? double.PositiveInfinity
                        )
                )
            );
    }

    /// <summary>The last time in a file at which events are annotated, in seconds; 0 if there is none.</summary>
    /// <param name="file">Name of the file in the reference.</param>
    public double LastAnnotated(string file) =>
        spans.TryGetValue(file, out var own) ? own.Select(span => span.Offset).DefaultIfEmpty().Max() : 0;

    /// <summary>The time at which the events of each class are annotated, in seconds.</summary>
    /// <param name="classes">The classes.</param>
    /// <param name="seconds">Length of each file of the reference.</param>
    public IReadOnlyList<double> SecondsOf(ClassList classes, IReadOnlyList<double> seconds)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(seconds);
        if (seconds.Count != reference.Files.Length)
            throw new ArgumentException(
                $"There are {seconds.Count} lengths for {reference.Files.Length} files.",
                nameof(seconds)
            );
        var times = TimesOf(classes);
        return
        [
            .. Enumerable
                .Range(0, classes.Count)
                .Select(k =>
                    reference
                        .Files.Select((file, i) => (times?[file, k] ?? KnownSpans.Always).SecondsIn(0, seconds[i]))
                        .Sum()
                ),
        ];
    }

    private HashSet<string> LabelsOf(string file)
    {
        HashSet<string> labels = new(StringComparer.Ordinal);
        foreach (var sound in reference.EventsOf(file))
            labels.Add(sound.Label);
        return labels;
    }

    private static void AddForeignLabels(AnnotatedList list, ClassList classes, ProblemList problems)
    {
        ForeignLabels foreign = new(classes, problems);
        foreach (var recording in list.Recordings)
            for (var k = 0; k < recording.Spans.Count; k++)
                if (recording.Spans[k].Label is { } label && classes.IndexOf(label) < 0)
                    foreign.Add(list.Source, recording.Lines[k], label);
        foreign.Report();
    }

    private static void AddOutside(EventList reference, int file, int index, string list, ProblemList problems)
    {
        var sound = reference.EventsAt(file)[index];
        problems.Add(
            reference.Sources?[file] ?? reference.Source,
            reference.LineOf(file, index),
            FormattableString.Invariant(
                $"the event {sound.Label} of \"{reference.Files[file]}\" from {sound.Onset} s to {sound.Offset} s lies outside the spans of {list}"
            ),
            "extend a span, or remove the event"
        );
    }
}
