using System.Collections.Immutable;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations;

/// <summary>
/// The sound events of many files. Immutable. Files are in the order in which they are first named, and the events of a
/// file are in the order of their rows. A file can be listed without events. All events are valid
/// (<see cref="SoundEvent.Problem"/>).
/// </summary>
public sealed partial class EventList
{
    /// <summary>Default minimum confidence of an event, in lists with confidences.</summary>
    public const double DefaultMinimumConfidence = 0.5;

    private readonly SoundEvent[] events;
    private readonly int[]? lines;
    private readonly int[] starts;
    private readonly Dictionary<string, int> positions;

    /// <param name="source">Path of the list, or the name that messages use for it.</param>
    /// <param name="files">Distinct file names.</param>
    /// <param name="events">Events grouped by file.</param>
    /// <param name="starts">Index of each file's first event, followed by the number of events.</param>
    /// <param name="lines">Line number of each event; null for lists that were not read from text.</param>
    /// <param name="positions">The position of each file in <paramref name="files"/>.</param>
    internal EventList(
        string source,
        ImmutableArray<string> files,
        SoundEvent[] events,
        int[] starts,
        int[]? lines,
        Dictionary<string, int> positions
    )
    {
        Source = source;
        Files = files;
        this.events = events;
        this.starts = starts;
        this.lines = lines;
        this.positions = positions;
    }

    /// <summary>Creates a list from the events of each file, with their line numbers and details.</summary>
    /// <param name="source">Path of the list, or the name that messages use for it.</param>
    /// <param name="files">Distinct file names.</param>
    /// <param name="entries">The events of each file, in the order of <paramref name="files"/>.</param>
    /// <param name="positions">The position of each file in <paramref name="files"/>.</param>
    internal EventList(
        string source,
        ImmutableArray<string> files,
        IReadOnlyList<IReadOnlyList<EventEntry>> entries,
        Dictionary<string, int> positions
    )
        : this(
            source,
            files,
            [.. entries.SelectMany(own => own).Select(entry => entry.Sound)],
            new int[entries.Count + 1],
            [.. entries.SelectMany(own => own).Select(entry => entry.Line)],
            positions
        )
    {
        for (var file = 0; file < entries.Count; file++)
            starts[file + 1] = starts[file] + entries[file].Count;
        if (entries.Any(own => own.Any(entry => entry.Details is not null)))
            Details = [.. entries.SelectMany(own => own).Select(entry => entry.Details)];
    }

    /// <summary>Creates a list in memory.</summary>
    /// <param name="files">Each file with its events, possibly none.</param>
    /// <param name="source">Name that messages use for the list.</param>
    /// <exception cref="AnnotationException">
    /// An event is not valid (<see cref="SoundEvent.Problem"/>) or a file is given twice.
    /// </exception>
    public static EventList Of(
        IEnumerable<(string File, IReadOnlyList<SoundEvent> Events)> files,
        string source = "event list in memory"
    )
    {
        ArgumentNullException.ThrowIfNull(files);
        List<string> names = [];
        List<SoundEvent> events = [];
        List<int> starts = [0];
        Dictionary<string, int> positions = new(StringComparer.Ordinal);
        ProblemList problems = new();
        foreach (var (file, own) in files)
        {
            if (!positions.TryAdd(file, names.Count))
                problems.Add(source, 0, $"the file \"{file}\" is given twice");
            foreach (var sound in own)
                if (sound.Problem() is { } problem)
                    problems.Add(source, 0, $"file \"{file}\": {problem}");
            names.Add(file);
            events.AddRange(own);
            starts.Add(events.Count);
        }
        problems.ThrowIfAny();
        return new EventList(source, [.. names], [.. events], [.. starts], null, positions);
    }

    /// <summary>
    /// Creates a list in memory from events with confidences. The confidences become details of the events.
    /// </summary>
    /// <param name="files">Each file with its events, possibly none.</param>
    /// <exception cref="AnnotationException">An event is not valid or a file is given twice.</exception>
    internal static EventList OfSoft(IReadOnlyList<(string File, IReadOnlyList<SoftEvent> Events)> files)
    {
        var plain = Of(
            files.Select(file => (file.File, (IReadOnlyList<SoundEvent>)[.. file.Events.Select(soft => soft.Event)]))
        );
        return new EventList(plain.Source, plain.Files, plain.events, plain.starts, null, plain.positions)
        {
            Details =
            [
                .. files
                    .SelectMany(file => file.Events)
                    .Select(soft => new EventDetails { Confidence = soft.Confidence }),
            ],
        };
    }

    /// <summary>Path of the list, or the name that messages use for it.</summary>
    public string Source { get; }

    /// <summary>The files, with or without events, in the order in which they are first named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>
    /// Notes about the reading of the list, for example about unused columns, or about rows with a confidence below the
    /// minimum. Each note begins with the name of the list. Empty if there is nothing to report.
    /// </summary>
    public IReadOnlyList<string> Notes => [.. NotesWithoutSource.Select(note => $"{Source}: {note}")];

    /// <summary><see cref="Notes"/> without the name of the list.</summary>
    internal IReadOnlyList<string> NotesWithoutSource { get; init; } = [];

    /// <summary>
    /// Title of the format of the file that the list was read from, for example "Audacity label track"; empty for lists
    /// in memory.
    /// </summary>
    public string Format { get; internal init; } = "";

    /// <summary>
    /// Details of each event, parallel to the events; null if the list has none. Stored separately, because metrics
    /// compare and copy events.
    /// </summary>
    internal EventDetails?[]? Details { get; init; }

    /// <summary>
    /// The time span and label of every row of each file, if the presence column of the list marks at least one row as
    /// not present; otherwise null. Outside the spans of a class, it is unknown whether the class is present.
    /// </summary>
    internal IReadOnlyList<IReadOnlyList<AnnotatedSpan>>? StatedSpans { get; init; }

    /// <summary>
    /// Whether events have confidences, from a confidence column or as the mean over several annotators.
    /// </summary>
    internal bool IsSoft { get; init; }

    /// <summary>
    /// Path of the annotation file of each recording, for a list read from several annotation files; otherwise null.
    /// </summary>
    internal string[]? Sources { get; init; }

    /// <summary>Path of the file with the events of a recording.</summary>
    /// <param name="file">Position of the recording in <see cref="Files"/>.</param>
    internal string SourceAt(int file) => Sources?[file] ?? Source;

    /// <summary>Number of events in all files.</summary>
    public int Count => events.Length;

    /// <summary>The distinct labels in ordinal alphabetical order.</summary>
    public IEnumerable<string> Labels =>
        events.Select(sound => sound.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>The position of a file in <see cref="Files"/>, or -1 if the list does not name it.</summary>
    public int IndexOf(string file) => positions.TryGetValue(file, out var index) ? index : -1;

    /// <summary>The events of the file at a position of <see cref="Files"/>.</summary>
    public ReadOnlySpan<SoundEvent> EventsAt(int file) => events.AsSpan(starts[file], starts[file + 1] - starts[file]);

    /// <summary>The events of a file; empty if the list does not name it.</summary>
    public ReadOnlySpan<SoundEvent> EventsOf(string file) => IndexOf(file) is var k and >= 0 ? EventsAt(k) : [];

    /// <summary>
    /// Frequency range, channel, confidence and annotator of an event; null if the list contains none of them for the
    /// event.
    /// </summary>
    /// <param name="file">Position of the file in <see cref="Files"/>.</param>
    /// <param name="index">Position of the event among the file's events.</param>
    public EventDetails? DetailsOf(int file, int index) => Details?[starts[file] + index];

    /// <summary>
    /// The events of a file with their confidences. An event without a confidence has the confidence 1.
    /// </summary>
    internal IReadOnlyList<SoftEvent> SoftEventsAt(int file) =>
        [
            .. Enumerable
                .Range(0, starts[file + 1] - starts[file])
                .Select(k => new SoftEvent(events[starts[file] + k], DetailsOf(file, k)?.Confidence ?? 1)),
        ];

    /// <summary>Whether any event has a confidence.</summary>
    internal bool HasConfidences => Details?.Any(details => details?.Confidence is not null) == true;

    /// <summary>Line number of an event, from 1; 0 for lists that were not read from text.</summary>
    /// <param name="file">Position of the file in <see cref="Files"/>.</param>
    /// <param name="index">Position of the event among the file's events.</param>
    public int LineOf(int file, int index) => lines is null ? 0 : lines[starts[file] + index];

    /// <summary>
    /// Finds events that repeat an earlier event of the same file. Repeated events stay in the list and count as
    /// events.
    /// </summary>
    /// <param name="maxListed">Maximum number of problems in the result.</param>
    /// <returns>The first repetitions, and the total number of repetitions.</returns>
    public (IReadOnlyList<Problem> First, int Count) Duplicates(int maxListed = AnnotationException.MaxListed)
    {
        Dictionary<SoundEvent, int> seen = [];
        List<Problem> first = [];
        var count = 0;
        for (var file = 0; file < Files.Length; file++)
        {
            seen.Clear();
            for (var k = 0; k < starts[file + 1] - starts[file]; k++)
                if (!seen.TryAdd(events[starts[file] + k], k) && count++ < maxListed)
                    first.Add(ProblemList.At(SourceAt(file), LineOf(file, k), Repetition(file, k, seen)));
        }
        return (first, count);
    }

    private string Repetition(int file, int k, Dictionary<SoundEvent, int> seen)
    {
        var sound = events[starts[file] + k];
        var first = LineOf(file, seen[sound]);
        var where = first > 0 ? $" of line {first}" : "";
        return FormattableString.Invariant(
            $"repeats the event{where}: \"{Files[file]}\", {sound.Onset} s to {sound.Offset} s, {sound.Label}"
        );
    }
}
