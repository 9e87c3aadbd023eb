using System.Globalization;
using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// The lists that a review writes, in the format of a corpus: reviewed events, the spans of time in which all events
/// are annotated, and reviewed tags.
/// </summary>
internal static class ReviewLists
{
    private const string EventHeader = "filename\tonset\toffset\tevent_label\treviewer\treviewed\n";
    private const string SpanHeader = "filename\tonset\toffset\tevent_label\n";
    private const string TagHeader = "filename\tevent_label\tpresence\treviewer\treviewed\n";

    /// <summary>Writes the lists that changed. Each list is replaced atomically.</summary>
    /// <param name="folder">The folder of the review.</param>
    /// <param name="state">The state of the review.</param>
    /// <param name="recordings">The recordings by name; a recording of the state can be missing.</param>
    /// <param name="classes">All classes.</param>
    /// <exception cref="IOException">A list cannot be written.</exception>
    internal static void Write(
        string folder,
        ReviewState state,
        IReadOnlyDictionary<string, ReviewRecording> recordings,
        IReadOnlyList<string> classes
    )
    {
        var (events, spans, tags) = (
            new StringBuilder(EventHeader),
            new StringBuilder(SpanHeader),
            new StringBuilder(TagHeader)
        );
        foreach (var (name, marks) in state.Recordings)
        {
            AddEvents(events, name, marks);
            AddSpans(spans, name, marks, recordings.GetValueOrDefault(name), classes);
            AddTags(tags, name, marks);
        }
        AtomicFile.WriteIfChanged(Path.Combine(folder, ReviewFolder.Events), events.ToString());
        AtomicFile.WriteIfChanged(Path.Combine(folder, ReviewFolder.Annotated), spans.ToString());
        AtomicFile.WriteIfChanged(Path.Combine(folder, ReviewFolder.Tags), tags.ToString());
    }

    private static void AddEvents(StringBuilder text, string name, RecordingMarks marks)
    {
        foreach (var (_, mark, set) in marks.Of(MarkKind.Event))
            text.Append(
                $"{Field(name)}\t{Time(mark.Onset)}\t{Time(mark.Offset)}\t{Field(mark.Label!)}\t{Field(set.Reviewer)}\t{Date(set)}\n"
            );
    }

    private static void AddTags(StringBuilder text, string name, RecordingMarks marks)
    {
        foreach (var (_, mark, set) in marks.Of(MarkKind.Tag).OrderBy(tag => tag.Mark.Label, StringComparer.Ordinal))
        {
            var presence = mark.Presence switch
            {
                TagPresence.Present => "1",
                TagPresence.Absent => "0",
                _ => "",
            };
            text.Append($"{Field(name)}\t{Field(mark.Label!)}\t{presence}\t{Field(set.Reviewer)}\t{Date(set)}\n");
        }
    }

    /// <summary>
    /// Adds the spans of time in which all events of a class are annotated. Reviewed stretches and annotated spans of
    /// all classes count, except for the classes of <see cref="IsExcluded"/>. In addition, the spans of single classes
    /// count: annotated spans of the class, its events, its rejected events, and the times of changed events before the
    /// change.
    /// </summary>
    private static void AddSpans(
        StringBuilder text,
        string name,
        RecordingMarks marks,
        ReviewRecording? recording,
        IReadOnlyList<string> classes
    )
    {
        var general = Merged(
            marks
                .Current.Select(entry => entry.Mark)
                .Where(mark => mark.Kind == MarkKind.Done || mark is { Kind: MarkKind.Span, Label: null })
                .Select(mark => (mark.Onset, mark.Offset))
        );
        string[] excluded = [.. classes.Where(label => IsExcluded(label, marks, recording))];
        var own = OwnSpans(marks).ToLookup(span => span.Label, span => (span.Onset, span.Offset));
        if (excluded.Length == 0)
            foreach (var (from, to) in general)
                text.Append($"{Field(name)}\t{Time(from)}\t{Time(to)}\t\n");
        foreach (var label in classes.Union(own.Select(group => group.Key)).Order(StringComparer.Ordinal))
        {
            var ofClass = excluded.Contains(label) ? [] : general;
            var rest = own[label]
                .Where(span => !ofClass.Exists(all => all.From <= span.Onset && span.Offset <= all.To));
            foreach (var (from, to) in Merged(excluded.Length == 0 ? rest : ofClass.Concat(rest)))
                text.Append($"{Field(name)}\t{Time(from)}\t{Time(to)}\t{Field(label)}\n");
        }
    }

    /// <summary>
    /// Whether reviewed stretches do not count as annotated for a class, because its presence is unknown, or because it is
    /// tagged as present but has no marked event.
    /// </summary>
    private static bool IsExcluded(string label, RecordingMarks marks, ReviewRecording? recording)
    {
        var presence =
            marks.Marks.TryGetValue(ReviewMark.TagKey(label), out var set) && set.Mark is { } tag ? tag.Presence
            : recording is not null && recording.Tags.TryGetValue(label, out var before) ? before
            : (TagPresence?)null;
        return presence == TagPresence.Unknown
            || (presence == TagPresence.Present && !marks.Of(MarkKind.Event).Any(entry => entry.Mark.Label == label));
    }

    private static IEnumerable<(double Onset, double Offset, string Label)> OwnSpans(RecordingMarks marks)
    {
        foreach (var (_, mark, _) in marks.Current)
        {
            if (mark.Label is { } label && mark.Kind is MarkKind.Event or MarkKind.Rejection or MarkKind.Span)
                yield return (mark.Onset, mark.Offset, mark.Label!);
            if (mark.Origin is { } origin)
                yield return (origin.Onset, origin.Offset, origin.Label);
        }
    }

    /// <summary>Spans in temporal order. Overlapping and adjacent ones are merged.</summary>
    private static List<(double From, double To)> Merged(IEnumerable<(double From, double To)> spans)
    {
        List<(double From, double To)> merged = [];
        foreach (var span in spans.Order())
            if (merged.Count > 0 && span.From <= merged[^1].To)
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, span.To));
            else
                merged.Add(span);
        return merged;
    }

    private static string Field(string name) => ListNames.Field(name);

    private static string Time(double seconds) => TextNumbers.Of(seconds);

    private static string Date(SetMark set) => set.Time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
