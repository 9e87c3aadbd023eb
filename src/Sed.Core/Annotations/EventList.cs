using System.Collections.Immutable;

namespace Sed.Core.Annotations;

/// <summary>
/// The events of many files. Immutable; files keep the order in which they were first named, events the order of their
/// rows. A file may be listed without an event. Every event has been checked.
/// </summary>
public sealed class EventList
{
    private readonly SoundEvent[] events;
    private readonly int[]? lines;
    private readonly int[] starts;
    private readonly Dictionary<string, int> positions;

    /// <param name="source">The list's name in messages.</param>
    /// <param name="files">Distinct file names.</param>
    /// <param name="events">Events grouped by file.</param>
    /// <param name="starts">Where each file's events start, and behind the last one their number.</param>
    /// <param name="lines">The line of each event, where the list was read from a file.</param>
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

    /// <summary>A list in memory.</summary>
    /// <param name="files">Each file with its events; a file with none is listed without an event.</param>
    /// <param name="source">What the list is called in messages.</param>
    /// <exception cref="AnnotationException">An event cannot be (<see cref="SoundEvent.Problem"/>) or a file is given twice.</exception>
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

    /// <summary>The path the list was read from, or what it is called in messages.</summary>
    public string Source { get; }

    /// <summary>The files, with or without events, in the order in which they were first named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>Number of events in all files.</summary>
    public int Count => events.Length;

    /// <summary>The labels that occur, each once, in ordinal alphabetical order.</summary>
    public IEnumerable<string> Labels =>
        events.Select(sound => sound.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>The position of a file in <see cref="Files"/>, or -1 when the list does not name it.</summary>
    public int IndexOf(string file) => positions.TryGetValue(file, out var index) ? index : -1;

    /// <summary>The events of the file at this position of <see cref="Files"/>.</summary>
    public ReadOnlySpan<SoundEvent> EventsAt(int file) => events.AsSpan(starts[file], starts[file + 1] - starts[file]);

    /// <summary>The events of this file; empty when the list does not name it.</summary>
    public ReadOnlySpan<SoundEvent> EventsOf(string file) => IndexOf(file) is var k and >= 0 ? EventsAt(k) : [];

    /// <summary>The line on which an event stood, from 1; 0 when the list was not read from a file.</summary>
    /// <param name="file">Position of the file in <see cref="Files"/>.</param>
    /// <param name="index">Position of the event among the file's events.</param>
    public int LineOf(int file, int index) => lines is null ? 0 : lines[starts[file] + index];

    /// <summary>The rows that say exactly what an earlier row of the same file says. They are kept, and count as events.</summary>
    /// <param name="told">How many are told one by one; the rest are only counted.</param>
    /// <returns>The first ones, and how many there are.</returns>
    public (IReadOnlyList<AnnotationProblem> First, int Count) Duplicates(int told = AnnotationException.MostKept)
    {
        Dictionary<SoundEvent, int> seen = [];
        List<AnnotationProblem> first = [];
        var count = 0;
        for (var file = 0; file < Files.Length; file++)
        {
            seen.Clear();
            for (var k = 0; k < starts[file + 1] - starts[file]; k++)
                if (!seen.TryAdd(events[starts[file] + k], k) && count++ < told)
                    first.Add(new AnnotationProblem(Source, LineOf(file, k), Repeats(file, k, seen)));
        }
        return (first, count);
    }

    private string Repeats(int file, int k, Dictionary<SoundEvent, int> seen)
    {
        var sound = events[starts[file] + k];
        var first = LineOf(file, seen[sound]);
        var where = first > 0 ? $" of line {first}" : "";
        return FormattableString.Invariant(
            $"repeats the event{where}: \"{Files[file]}\", {sound.Onset} s to {sound.Offset} s, {sound.Label}"
        );
    }
}
