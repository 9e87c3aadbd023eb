using Sed.Core.Annotations;

namespace Sed.Core.Corpora.Layouts;

/// <summary>The reviewed labels of a recording.</summary>
/// <param name="Name">Path within the corpus, with "/".</param>
internal sealed record ReviewedRecording(string Name)
{
    /// <summary>The reviewed events.</summary>
    internal IReadOnlyList<SoundEvent> Events { get; init; } = [];

    /// <summary>The times at which all events of one class, or of all classes, are reviewed.</summary>
    internal IReadOnlyList<AnnotatedSpan> Spans { get; init; } = [];

    /// <summary>Classes that are stated to be present.</summary>
    internal IReadOnlyList<string> Present { get; init; } = [];

    /// <summary>Classes that are stated to be absent and have no reviewed event.</summary>
    internal IReadOnlyList<string> Absent { get; init; } = [];

    /// <summary>Classes whose presence is stated to be unknown.</summary>
    internal IReadOnlyList<string> Unknown { get; init; } = [];

    private bool HasTimes => Events.Count + Spans.Count > 0;

    private IEnumerable<string> Stated => Present.Concat(Absent).Concat(Unknown);

    /// <summary>Creates the clip of a recording that has reviewed labels only.</summary>
    /// <param name="split">Split of the clip.</param>
    /// <param name="source">The recording or group that the clip belongs to.</param>
    /// <param name="classes">The classes of the corpus.</param>
    internal LabelledClip AsClip(Split split, string source, ClassList classes) =>
        Over(new LabelledClip(Name, source, split, [], null, IsTagged: false), classes);

    /// <summary>
    /// Replaces labels of a clip by the reviewed labels. Events of the clip are removed at the times at which the
    /// review annotates their class, and kept at other times. A tag is kept unless the review states whether its class
    /// is present.
    /// </summary>
    /// <param name="clip">The clip of the recording.</param>
    /// <param name="classes">The classes of the corpus, including the classes of the review.</param>
    internal LabelledClip Over(LabelledClip clip, ClassList classes)
    {
        var tagged = WithTags(clip, classes);
        return HasTimes || clip.StrongEvents is not null ? WithTimes(clip, tagged, classes) : tagged;
    }

    private LabelledClip WithTags(LabelledClip clip, ClassList classes)
    {
        var found = Present.Concat(Events.Select(sound => sound.Label)).ToHashSet(StringComparer.Ordinal);
        var present = found.Concat(clip.WeakLabels.Except(Absent).Except(Unknown)).ToHashSet(StringComparer.Ordinal);
        var unknown = (clip.IsTagged ? clip.UnknownLabels : [.. classes]).Except(Stated).Concat(Unknown);
        return clip with
        {
            IsTagged = true,
            WeakLabels = LabelledClip.InOrder(present, classes),
            UnknownLabels = Others(unknown),
            AbsentLabels = Others(clip.AbsentLabels.Except(Stated).Concat(Absent)),
            SoftTags = clip.SoftTags is { } soft
                ?
                [
                    .. soft.Where(tag => !Stated.Contains(tag.Label) && !found.Contains(tag.Label)),
                    .. found.Where(label => classes.IndexOf(label) >= 0).Select(label => new SoftTag(label, 1)),
                ]
                : null,
        };

        IReadOnlyList<string> Others(IEnumerable<string> labels) =>
            LabelledClip.InOrder(
                labels.Where(label => !present.Contains(label) && classes.IndexOf(label) >= 0),
                classes
            );
    }

    private LabelledClip WithTimes(LabelledClip clip, LabelledClip tagged, ClassList classes)
    {
        var reviewed = classes.ToDictionary(label => label, label => SpansOf(label, Spans));
        SoundEvent[] kept = [.. (clip.StrongEvents ?? []).SelectMany(Outside)];
        SoundEvent[] events = [.. kept.Concat(Events).OrderBy(sound => sound.Onset).ThenBy(sound => sound.Offset)];
        var labels = events.Select(sound => sound.Label).ToHashSet(StringComparer.Ordinal);
        // A tag of a class that had events is kept only if the class still has an event or the review states it as
        // present.
        var located = (clip.StrongEvents ?? []).Select(sound => sound.Label).ToHashSet(StringComparer.Ordinal);
        var weak = tagged.WeakLabels.Where(label =>
            labels.Contains(label) || Present.Contains(label) || !located.Contains(label)
        );
        var present = LabelledClip.InOrder(weak.Concat(labels), classes);
        var known = classes.ToDictionary(label => label, KnownOf);
        return tagged with
        {
            WeakLabels = present,
            StrongEvents = events,
            SoftEvents = clip.SoftEvents is { } soft
                ?
                [
                    .. soft.SelectMany(one => Outside(one.Event).Select(part => new SoftEvent(part, one.Confidence))),
                    .. Events.Select(sound => new SoftEvent(sound, 1)),
                ]
                : null,
            UnknownLabels = [],
            AbsentLabels = [.. tagged.AbsentLabels.Except(present)],
            // If there are no classes, no event has been found in the reviewed times yet.
            AnnotatedSpans = classes.Count == 0 ? Spans : Together(known),
        };

        IEnumerable<SoundEvent> Outside(SoundEvent sound) =>
            sound.IsUnlocated || !reviewed.TryGetValue(sound.Label, out var spans) ? [sound] : Parts(sound, spans);

        List<(double From, double To)> KnownOf(string label)
        {
            if (Unknown.Contains(label) && !labels.Contains(label))
                return [];
            // If a class is absent from the recording, this is known at all times.
            var isAbsent =
                !present.Contains(label)
                && (
                    Absent.Contains(label)
                    || (clip is { IsTagged: true, StrongEvents: null } && !tagged.UnknownLabels.Contains(label))
                );
            var before =
                clip.StrongEvents is null ? []
                : clip.AnnotatedSpans is { } spans ? SpansOf(label, spans)
                : clip.UnknownLabels.Contains(label) || Unknown.Contains(label) ? []
                : [Always];
            return Merged(isAbsent ? [Always] : [.. before, .. reviewed[label]]);
        }
    }

    private static (double From, double To) Always => (0, SoundEvent.LatestSeconds);

    private static List<(double From, double To)> SpansOf(string label, IEnumerable<AnnotatedSpan> spans) =>
        Merged(
            spans.Where(span => span.Label is null || span.Label == label).Select(span => (span.Onset, span.Offset))
        );

    /// <summary>Sorts spans, and merges overlapping and adjacent spans.</summary>
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

    /// <summary>The parts of an event outside of spans.</summary>
    private static IEnumerable<SoundEvent> Parts(SoundEvent sound, List<(double From, double To)> spans)
    {
        // Times in lists are rounded, so shorter parts are left out.
        const double shortest = 1e-3;
        var from = sound.Onset;
        var isTouched = false;
        foreach (var span in spans)
        {
            if (span.To < sound.Onset || span.From > sound.Offset)
                continue;
            isTouched = true;
            if (span.From - from > shortest)
                yield return sound with
                {
                    Onset = from,
                    Offset = span.From,
                };
            from = Math.Max(from, span.To);
        }
        if (!isTouched || sound.Offset - from > shortest)
            yield return sound with
            {
                Onset = from,
            };
    }

    /// <summary>
    /// Combines the spans of all classes. If the spans of all classes are equal, the result has them once, without
    /// labels. Null if all classes are annotated at all times.
    /// </summary>
    private static AnnotatedSpan[]? Together(Dictionary<string, List<(double From, double To)>> known)
    {
        var first = known.Values.FirstOrDefault() ?? [];
        if (!known.Values.All(spans => spans.SequenceEqual(first)))
            return
            [
                .. known.SelectMany(own => own.Value.Select(span => new AnnotatedSpan(span.From, span.To, own.Key))),
            ];
        return first is [var only] && only == Always
            ? null
            : [.. first.Select(span => new AnnotatedSpan(span.From, span.To))];
    }
}
