using System.Collections.Immutable;

namespace Sed.Core.Annotations;

/// <content>Lists that are derived from other lists.</content>
public sealed partial class EventList
{
    /// <summary>Combines the lists of several annotation files into one list.</summary>
    /// <param name="source">Path of their folder.</param>
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
            files.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal)
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
    /// Selects the events of a channel and the events without a channel. A note reports the number of other events.
    /// </summary>
    /// <param name="channel">The channel, from 1; null for all events.</param>
    internal EventList OnChannel(int? channel)
    {
        if (channel is null || Details is not { } details)
            return this;
        bool[] isKept = [.. details.Select(own => own?.Channel is not { } stated || stated == channel)];
        int[] keptBefore = new int[isKept.Length + 1];
        for (var k = 0; k < isKept.Length; k++)
            keptBefore[k + 1] = keptBefore[k] + (isKept[k] ? 1 : 0);
        var left = isKept.Length - keptBefore[^1];
        if (left == 0)
            return this;
        T[] Kept<T>(IEnumerable<T> values) =>
            [.. values.Index().Where(one => isKept[one.Index]).Select(one => one.Item)];
        return new EventList(
            Source,
            Files,
            Kept(events),
            [.. starts.Select(start => keptBefore[start])],
            lines is null ? null : Kept(lines),
            positions
        )
        {
            NotesWithoutSource = [.. NotesWithoutSource, $"{left} events of other channels are left out"],
            Format = Format,
            Details = Kept(details),
            Sources = Sources,
            StatedSpans = StatedSpans,
            IsSoft = IsSoft,
        };
    }

    /// <summary>Returns a copy of the list with different file names.</summary>
    /// <param name="names">Distinct names, one for each of <see cref="Files"/>.</param>
    internal EventList Renamed(IReadOnlyList<string> names) =>
        With(
            [.. names],
            events,
            names.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal),
            StatedSpans
        );

    /// <summary>Returns a copy of the list with different labels.</summary>
    /// <param name="label">Returns the new label for a label.</param>
    internal EventList Relabelled(Func<string, string> label) =>
        With(
            Files,
            [.. events.Select(sound => sound with { Label = label(sound.Label) })],
            positions,
            StatedSpans?.Select(own => own.Select(span => span with { Label = label(span.Label!) }).ToArray()).ToArray()
        );

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
