namespace Sed.Core.Annotations;

/// <summary>
/// Combines the annotations of several annotators of a recording. At each moment, the confidence of a class is the mean
/// over the annotators. An annotator with an event of the class at that moment contributes the confidence of the event,
/// or 1 if the event has no confidence. An annotator without such an event contributes 0. If a recording has only one
/// annotator, its events are not changed, but events below the minimum confidence are removed.
/// </summary>
internal static class Consensus
{
    /// <summary>The note about recordings with several annotators.</summary>
    /// <param name="combined">Number of recordings with several annotators.</param>
    /// <param name="all">Number of recordings.</param>
    internal static string Note(int combined, int all) =>
        $"{combined} of {all} recordings have several annotators; the confidence of a label is the mean over annotators";

    /// <summary>
    /// Combines the events of each recording with several annotators. Removes events below the minimum confidence from
    /// the other recordings. Notes report the number of combined recordings and, if the default minimum applies, the
    /// number of removed events.
    /// </summary>
    /// <param name="list">A list whose events have annotators (<see cref="EventDetails.Annotator"/>).</param>
    /// <param name="annotators">The annotators of each file, including annotators who found no event.</param>
    /// <param name="minimumConfidence">
    /// Minimum of the mean confidence; null for the default. Adjacent spans that reach the minimum are merged into one
    /// event without a confidence. With 0, only adjacent spans of equal confidence are merged, and the events have
    /// confidences.
    /// </param>
    internal static EventList Of(
        EventList list,
        IReadOnlyList<IReadOnlySet<string>> annotators,
        double? minimumConfidence
    )
    {
        var minimum = minimumConfidence ?? EventList.DefaultMinimumConfidence;
        var combined = annotators.Count(own => own.Count > 1);
        if (combined == 0 && !list.HasConfidences)
            return list;
        var (left, single) = (0, 0);
        EventEntry[][] events = [.. annotators.Select((own, file) => own.Count > 1 ? Combined(file) : Single(file))];
        if (combined == 0 && left == 0)
            return list;
        List<string> notes = [];
        if (left > 0 && minimumConfidence is null)
            notes.Add(ListNotes.BelowMinimum(left, single, "events of recordings with one annotator"));
        if (combined > 0)
            notes.Add(Note(combined, list.Files.Length));
        return list.WithEvents(events, notes);

        EventEntry[] Combined(int file) => [.. OfFile(list, file, annotators[file].Count, minimumConfidence)];

        EventEntry[] Single(int file)
        {
            EventEntry[] all = [.. list.EntriesOf(file)];
            EventEntry[] kept = [.. all.Where(entry => (entry.Details?.Confidence ?? 1) >= minimum)];
            single += all.Length;
            left += all.Length - kept.Length;
            return kept;
        }
    }

    private readonly record struct Opinion(double Onset, double Offset, string Annotator, double Confidence, int Line);

    private readonly record struct Span(SoundEvent Sound, double Confidence, int Line);

    private static IEnumerable<EventEntry> OfFile(
        EventList list,
        int file,
        int annotators,
        double? minimumConfidence
    ) =>
        list.EntriesOf(file)
            .GroupBy(entry => entry.Sound.Label, OpinionOf, StringComparer.Ordinal)
            .SelectMany(own =>
                Joined(Constant(own.Key, [.. own.OrderBy(one => one.Onset)], annotators), minimumConfidence)
            )
            .OrderBy(span => span.Sound.Onset)
            .ThenBy(span => span.Sound.Label, StringComparer.Ordinal)
            .Select(span => new EventEntry(
                span.Sound,
                span.Line,
                minimumConfidence == 0 ? new EventDetails { Confidence = span.Confidence } : null
            ));

    private static Opinion OpinionOf(EventEntry entry) =>
        new(
            entry.Sound.Onset,
            entry.Sound.Offset,
            entry.Details?.Annotator ?? "",
            entry.Details?.Confidence ?? 1,
            entry.Line
        );

    /// <summary>
    /// Divides the time of the events of a class at each onset and offset. Returns each span with its mean confidence.
    /// </summary>
    private static IEnumerable<Span> Constant(string label, Opinion[] sorted, int annotators)
    {
        var times = sorted.SelectMany(one => (double[])[one.Onset, one.Offset]).Distinct().Order().ToArray();
        List<Opinion> active = [];
        var next = 0;
        foreach (var time in times.Index())
        {
            for (; next < sorted.Length && sorted[next].Onset <= time.Item; next++)
                active.Add(sorted[next]);
            // An event of zero duration becomes a span of zero duration.
            Opinion[] points = [.. active.Where(one => one.Offset == one.Onset && one.Onset == time.Item)];
            if (points.Length > 0)
                yield return Mean(label, time.Item, time.Item, points, annotators);
            active.RemoveAll(one => one.Offset <= time.Item);
            if (active.Count > 0 && time.Index + 1 < times.Length)
                yield return Mean(label, time.Item, times[time.Index + 1], active, annotators);
        }
    }

    private static Span Mean(
        string label,
        double onset,
        double offset,
        IReadOnlyCollection<Opinion> active,
        int annotators
    ) =>
        new(
            new SoundEvent(onset, offset, label),
            active.GroupBy(one => one.Annotator).Sum(own => own.Max(one => one.Confidence)) / annotators,
            active.Min(one => one.Line)
        );

    /// <summary>
    /// Removes the spans below the minimum and merges adjacent spans. With a minimum of 0, only spans of equal
    /// confidence are merged.
    /// </summary>
    private static IEnumerable<Span> Joined(IEnumerable<Span> spans, double? minimumConfidence)
    {
        var minimum = minimumConfidence ?? EventList.DefaultMinimumConfidence;
        Span? open = null;
        foreach (var span in spans)
        {
            if (span.Confidence < minimum)
                continue;
            if (
                open is { } before
                && before.Sound.Offset == span.Sound.Onset
                && (minimumConfidence != 0 || before.Confidence == span.Confidence)
            )
            {
                open = before with { Sound = before.Sound with { Offset = span.Sound.Offset } };
                continue;
            }
            if (open is { } ended)
                yield return ended;
            open = span;
        }
        if (open is { } last)
            yield return last;
    }
}
