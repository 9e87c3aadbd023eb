using System.Collections.Immutable;

namespace Sed.Core.Annotations;

/// <content>Lists that are derived from other lists.</content>
public sealed partial class EventList
{
    /// <summary>Combines the lists of several annotation files into one list.</summary>
    /// <param name="source">Path of the folder that contains the annotation files.</param>
    /// <param name="lists">Lists of different recordings.</param>
    internal static EventList Joined(string source, IReadOnlyList<EventList> lists)
    {
        string[] files = [.. lists.SelectMany(list => list.Files)];
        int[] starts = new int[files.Length + 1];
        var position = 0;
        foreach (var list in lists)
            for (var file = 0; file < list.Files.Length; file++, position++)
                starts[position + 1] = starts[position] + list.EventsAt(file).Length;
        return new EventList(
            source,
            [.. files],
            [.. lists.SelectMany(list => list.events)],
            starts,
            [.. lists.SelectMany(list => list.lines ?? new int[list.Count])],
            PositionsOf(files)
        )
        {
            NotesWithoutSource =
            [
                .. lists
                    .SelectMany(list => list.NotesWithoutSource.Select(note => (list.Source, Note: note)))
                    .GroupBy(entry => entry.Note)
                    .Select(notes =>
                        notes.Count() == 1
                            ? $"{Path.GetFileName(notes.First().Source)}: {notes.Key}"
                            : $"{notes.Key} ({notes.Count()} files)"
                    ),
            ],
            Format = string.Join(", ", lists.Select(list => list.Format).Where(format => format != "").Distinct()),
            Details = lists.Any(list => list.Details is not null)
                ? [.. lists.SelectMany(list => list.Details ?? new EventDetails?[list.Count])]
                : null,
            Sources = [.. lists.SelectMany(list => Enumerable.Repeat(list.Source, list.Files.Length))],
        };
    }

    /// <summary>
    /// Selects the events of a channel and the events without a channel. A note reports the number of events that are
    /// left out.
    /// </summary>
    /// <param name="channel">The channel, from 1; null for all events.</param>
    internal EventList OnChannel(int? channel)
    {
        if (channel is null || Details is null)
            return this;
        var kept = Files.Select((_, file) => EventsOn(file, channel.Value).ToArray()).ToArray();
        var left = Count - kept.Sum(own => own.Length);
        return left == 0 ? this : WithEvents(kept, $"{left} events on channels other than {channel} are left out");
    }

    private IEnumerable<EventEntry> EventsOn(int file, int channel) =>
        EntriesOf(file).Where(entry => entry.Details?.Channel is not { } stated || stated == channel);

    /// <summary>The events of the file at a position of <see cref="Files"/>, with their lines and details.</summary>
    internal IEnumerable<EventEntry> EntriesOf(int file) =>
        Enumerable
            .Range(0, starts[file + 1] - starts[file])
            .Select(k => new EventEntry(events[starts[file] + k], LineOf(file, k), DetailsOf(file, k)));

    /// <summary>Returns a copy of the list with different events and notes.</summary>
    /// <param name="own">The events of each file, with their lines and details.</param>
    /// <param name="notes">Notes to append to the notes of the list.</param>
    internal EventList WithEvents(IReadOnlyList<IReadOnlyList<EventEntry>> own, params IReadOnlyList<string> notes) =>
        new(Source, Files, own, positions)
        {
            NotesWithoutSource = [.. NotesWithoutSource, .. notes],
            Format = Format,
            Sources = Sources,
            StatedSpans = StatedSpans,
            IsSoft = IsSoft,
        };

    /// <summary>
    /// Selects the events of the given classes. All files are kept. A note reports the number of events that are left
    /// out, and their labels.
    /// </summary>
    /// <param name="classes">The classes to keep.</param>
    public EventList OfClasses(ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        LeftOutLabels left = new(classes);
        EventEntry[][] kept =
        [
            .. Enumerable
                .Range(0, Files.Length)
                .Select(file => EntriesOf(file).Where(entry => left.Keeps(entry.Sound.Label)).ToArray()),
        ];
        return left.Note is { } note ? WithEvents(kept, note) : this;
    }

    /// <summary>Returns a copy of the list with different file names.</summary>
    /// <param name="names">Distinct names, one for each of <see cref="Files"/>.</param>
    internal EventList Renamed(IReadOnlyList<string> names) =>
        With([.. names], events, PositionsOf(names), StatedSpans);

    /// <summary>Returns a copy of the list with different labels.</summary>
    /// <param name="label">Maps each label to its new label.</param>
    internal EventList Relabelled(Func<string, string> label) =>
        With(
            Files,
            [.. events.Select(sound => sound with { Label = label(sound.Label) })],
            positions,
            StatedSpans?.Select(own => own.Select(span => span with { Label = label(span.Label!) }).ToArray()).ToArray()
        );

    private static Dictionary<string, int> PositionsOf(IEnumerable<string> files) =>
        files.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);

    private EventList With(
        ImmutableArray<string> files,
        SoundEvent[] sounds,
        Dictionary<string, int> positionOf,
        IReadOnlyList<IReadOnlyList<AnnotatedSpan>>? stated
    ) =>
        new(Source, files, sounds, starts, lines, positionOf)
        {
            NotesWithoutSource = NotesWithoutSource,
            Format = Format,
            Details = Details,
            Sources = Sources,
            StatedSpans = stated,
            IsSoft = IsSoft,
        };
}
