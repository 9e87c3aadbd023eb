using Sed.Core.Annotations;

namespace Sed.Core.Labelling.Reviews;

/// <summary>The rules for the operations of a decision.</summary>
internal static class DecisionRules
{
    private const int LongestKey = 300;
    private const int MostOperations = 2000;

    /// <summary>The reason why operations cannot be applied, as a sentence; null if they can.</summary>
    internal static string? ProblemOf(IReadOnlyList<ReviewOperation> operations, ReviewItem item, RecordingMarks marks)
    {
        if (operations.Count is 0 or > MostOperations)
            return $"A decision must have from 1 to {MostOperations} changes, but has {operations.Count}.";
        foreach (var (key, mark) in operations)
            if (key.Length is 0 or > LongestKey)
                return $"The key of a mark must have from 1 to {LongestKey} characters.";
            else if (mark?.Problem(item.Recording.Seconds) is { } problem)
                return $"The change was not saved: {problem}.";
            else if (mark?.FixedKey is { } expected && expected != key)
                return $"The key of the mark must be {expected}.";
        var after = EventsAfter(operations, item.Recording, marks);
        foreach (var (_, mark) in operations)
            if (mark is { Kind: MarkKind.Tag, Presence: TagPresence.Absent } && after.Contains(mark.Label!))
                return $"The recording has events of '{mark.Label}'. Remove them before you mark the class as absent.";
        return null;
    }

    /// <summary>
    /// The operations with their consequences. When the review of a stretch is marked as complete, its unchanged events
    /// from before the review become marks. When an event is set, its class is no longer marked as absent.
    /// </summary>
    internal static IReadOnlyList<ReviewOperation> Completed(
        IReadOnlyList<ReviewOperation> operations,
        ReviewItem item,
        RecordingMarks marks
    )
    {
        List<ReviewOperation> all = [.. operations];
        foreach (var (_, done) in operations)
            if (done is { Kind: MarkKind.Done })
                all.AddRange(
                    item.Recording.Events.Where(before =>
                            before.Event.Onset < done.Offset
                            && before.Event.Offset > done.Onset
                            && !marks.Has(before.Key)
                            && !operations.Any(operation => operation.Key == before.Key)
                        )
                        .Select(before => new ReviewOperation(before.Key, MarkOf(before.Event)))
                );
        foreach (
            var label in operations
                .Where(operation => operation.Mark is { Kind: MarkKind.Event })
                .Select(operation => operation.Mark!.Label!)
                .Distinct()
        )
            if (
                marks.Marks.TryGetValue(ReviewMark.TagKey(label), out var tag)
                && tag.Mark is { Presence: TagPresence.Absent }
                && !operations.Any(operation => operation.Key == ReviewMark.TagKey(label))
            )
                all.Add(new(ReviewMark.TagKey(label), tag.Mark with { Presence = TagPresence.Present }));
        return all;
    }

    /// <summary>
    /// The marks in a view, including labels from before the review that the review has not changed, and the tags of
    /// the recording.
    /// </summary>
    internal static IReadOnlyList<KeyedMark> Visible(
        ReviewRecording recording,
        RecordingMarks marks,
        double from,
        double to
    )
    {
        var set = marks
            .Current.Where(entry => entry.Mark.IsOfRecording || (entry.Mark.Onset < to && entry.Mark.Offset > from))
            .Select(entry => new KeyedMark(entry.Key, entry.Mark, entry.Set.Reviewer));
        var events = recording
            .Events.Where(before => !marks.Has(before.Key) && before.Event.Onset < to && before.Event.Offset > from)
            .Select(before => new KeyedMark(before.Key, MarkOf(before.Event), null));
        var tags = recording
            .Tags.Where(before => !marks.Has(ReviewMark.TagKey(before.Key)))
            .Select(before => new KeyedMark(
                ReviewMark.TagKey(before.Key),
                new ReviewMark
                {
                    Kind = MarkKind.Tag,
                    Label = before.Key,
                    Presence = before.Value,
                },
                null
            ));
        return [.. set, .. events, .. tags];
    }

    private static ReviewMark MarkOf(SoundEvent sound) =>
        new()
        {
            Kind = MarkKind.Event,
            Onset = sound.Onset,
            Offset = sound.Offset,
            Label = sound.Label,
            Origin = new MarkOrigin(sound.Onset, sound.Offset, sound.Label),
        };

    /// <summary>The classes that have an event after the operations.</summary>
    private static HashSet<string> EventsAfter(
        IReadOnlyList<ReviewOperation> operations,
        ReviewRecording recording,
        RecordingMarks marks
    )
    {
        Dictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (var (key, sound) in recording.Events)
            labels[key] = sound.Label;
        foreach (var (key, set) in marks.Marks)
            Set(key, set.Mark);
        foreach (var (key, mark) in operations)
            Set(key, mark);
        return [.. labels.Values];

        void Set(string key, ReviewMark? mark)
        {
            if (mark is { Kind: MarkKind.Event })
                labels[key] = mark.Label!;
            else if (mark is not null || !key.StartsWith("before:", StringComparison.Ordinal))
                labels.Remove(key);
        }
    }
}
