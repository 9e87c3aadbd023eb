namespace Sed.Core.Annotations;

/// <summary>
/// A reference whose events are annotated only in some time spans. The spans are read from an
/// <see cref="AnnotatedList"/>. Outside the spans of a file, it is unknown whether events occur. Files that are not in
/// the list are annotated from start to end. A span is extended to the onset and offset of each event that overlaps it.
/// </summary>
public sealed class AnnotatedReference
{
    private readonly EventList reference;
    private readonly Dictionary<string, AnnotatedSpan[]> spans;
    private readonly AnnotatedList list;

    private AnnotatedReference(EventList reference, Dictionary<string, AnnotatedSpan[]> spans, AnnotatedList list) =>
        (this.reference, this.spans, this.list) = (reference, spans, list);

    /// <summary>
    /// Reads the list of annotated spans of a reference. File names are compared as in
    /// <see cref="Durations.Of(string)"/>, first with their folders and then, if only one file matches, without them.
    /// </summary>
    /// <param name="path">
    /// Path of the list, which has a header and fields separated by tabs, commas or semicolons.
    /// </param>
    /// <param name="reference">The reference.</param>
    /// <param name="classes">The classes that are scored.</param>
    /// <param name="names">Names that replace the identifiers in the column event_label. Default: none.</param>
    /// <exception cref="AnnotationException">
    /// A row is invalid, a recording of the list is not in the reference, a label is not one of the classes, or an
    /// event of the reference lies outside the spans. The exception lists all problems, each with its line.
    /// </exception>
    /// <exception cref="IOException">The list cannot be read.</exception>
    public static AnnotatedReference Read(string path, EventList reference, ClassList classes, LabelNames? names = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(classes);
        ProblemList problems = new();
        var list = AnnotatedList.Read(path, problems, names);
        list.AddForeignLabels(classes, problems);
        Dictionary<string, AnnotatedSpan[]> spans = new(StringComparer.Ordinal);
        Dictionary<int, string> taken = [];
        string[] files = [.. reference.Files.Select(name => EventListNames.NameOf(name, reference))];
        var positions = list.Match(
            files,
            (k, matching) =>
            {
                taken[k] = matching[0];
                foreach (var other in matching[1..])
                    AddSecond(k, other);
            }
        );
        for (var file = 0; file < reference.Files.Length; file++)
        {
            var name = files[file];
            if (!positions.TryGetValue(name, out var k))
                continue;
            if (!taken.TryAdd(k, name))
                AddSecond(k, name);
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
                    "correct its name, remove its rows, or add it to the reference: one row per event or, if it has no events, a row with only its name"
                );
        problems.ThrowIfAny();
        return new AnnotatedReference(reference, spans, list);

        void AddSecond(int k, string second) =>
            problems.Add(
                path,
                list.Recordings[k].Line,
                $"the recording \"{list.Recordings[k].Name}\" matches two files of {reference.Source}, \"{taken[k]}\" and \"{second}\"",
                "write the names in the list with their folders"
            );
    }

    /// <summary>Path of the list of annotated spans.</summary>
    public string Source => list.Source;

    /// <summary>Notes about unused columns of the list of spans. Each note begins with the name of the list.</summary>
    public IReadOnlyList<string> Notes => [.. list.NotesWithoutSource.Select(note => $"{Source}: {note}")];

    /// <summary>Number of files of the reference that are in the list of annotated spans.</summary>
    public int Files => spans.Count;

    /// <summary>
    /// The annotated times of each file of the reference and each class; null if all files are annotated from start to
    /// end.
    /// </summary>
    /// <param name="classes">The classes, in the order of the result.</param>
    public KnownTimes? TimesOf(ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return KnownTimes.Of(
            spans.Select(entry => (entry.Key, classes.Select(label => AnnotatedSpan.Of(label, entry.Value)).ToArray()))
        );
    }

    /// <summary>
    /// The tags of the reference's events. A class without events in a file is absent if it is annotated over the whole
    /// file, otherwise unknown. A file that has spans but no known duration never counts as annotated over the whole
    /// file.
    /// </summary>
    /// <param name="classes">The classes.</param>
    /// <param name="durations">Duration of each file; null if the durations are unknown.</param>
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

    /// <summary>End of the last annotated span of a file, in seconds; 0 if the list has no spans of the file.</summary>
    /// <param name="file">Name of the file in the reference.</param>
    public double LastAnnotated(string file) =>
        spans.TryGetValue(file, out var own) ? own.Select(span => span.Offset).DefaultIfEmpty().Max() : 0;

    /// <summary>Total annotated time of each class, in seconds.</summary>
    /// <param name="classes">The classes, in the order of the result.</param>
    /// <param name="seconds">Duration of each file of the reference, in seconds.</param>
    public IReadOnlyList<double> SecondsOf(ClassList classes, IReadOnlyList<double> seconds)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(seconds);
        if (seconds.Count != reference.Files.Length)
            throw new ArgumentException(
                $"There are {seconds.Count} durations for {reference.Files.Length} files.",
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

    private static void AddOutside(EventList reference, int file, int index, string list, ProblemList problems)
    {
        var sound = reference.EventsAt(file)[index];
        problems.Add(
            reference.SourceAt(file),
            reference.LineOf(file, index),
            FormattableString.Invariant(
                $"the event {sound.Label} of \"{reference.Files[file]}\" from {sound.Onset} s to {sound.Offset} s lies outside the spans of {list}"
            ),
            "extend a span, or remove the event"
        );
    }
}
