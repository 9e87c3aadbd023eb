using Sed.Core.Annotations;

namespace Sed.Core.Corpora.Layouts;

/// <content>The clips of the lists.</content>
internal sealed partial class TabSeparatedLabels
{
    private static IEnumerable<LabelledClip> Join(
        List<Assigned<TagList>> weak,
        List<Assigned<EventList>> strong,
        List<string> unlabelled,
        ClassList classes
    )
    {
        var labelled = Join(weak, strong, classes);
        // A list of unlabelled clips can also name labelled clips.
        var known = labelled.Where(clip => clip.Split == Split.Training).Select(clip => clip.Name).ToHashSet();
        var others = unlabelled.Distinct(StringComparer.Ordinal).Where(name => !known.Contains(name));
        return labelled
            .Concat(
                others.Select(name => new LabelledClip(
                    name,
                    LabelledClip.SourceOf(name),
                    Split.Training,
                    [],
                    null,
                    IsTagged: false
                ))
            )
            .OrderBy(clip => clip.Split);
    }

    private static List<LabelledClip> Join(
        List<Assigned<TagList>> weak,
        List<Assigned<EventList>> strong,
        ClassList classes
    )
    {
        List<(Split Split, string Name)> order =
        [
            .. weak.SelectMany(entry => entry.List.Files.Select(name => (entry.SplitOf(name)!.Value, name))),
            .. strong.SelectMany(entry => entry.List.Files.Select(name => (entry.SplitOf(name)!.Value, name))),
        ];
        List<LabelledClip> clips = [];
        foreach (var (split, name) in order.Distinct().OrderBy(clip => clip.Split))
        {
            List<string> labels = [];
            List<(string Label, bool IsUnknown)> notPresent = [];
            List<SoundEvent>? events = null;
            List<SoftTag> soft = [];
            var isSoft = false;
            foreach (var (list, splitOf) in weak)
                if (splitOf(name) == split)
                {
                    string[] own = [.. list.RowsOf(name).ToArray().Select(row => row.Label)];
                    var confidences = list.ConfidencesOf(name);
                    isSoft |= confidences is not null;
                    soft.AddRange(confidences ?? Certain(own));
                    labels.AddRange(own);
                    notPresent.AddRange(list.NotPresentOf(name));
                }
            foreach (var (list, splitOf) in strong)
                if (splitOf(name) == split)
                    (events ??= []).AddRange(list.EventsOf(name));
            labels.AddRange((events ?? []).Select(sound => sound.Label));
            clips.Add(
                new LabelledClip(
                    name,
                    LabelledClip.SourceOf(name),
                    split,
                    LabelledClip.InOrder(labels, classes),
                    events
                )
                {
                    UnknownLabels = Without(labels, notPresent.Where(one => one.IsUnknown)),
                    AbsentLabels = Without(labels, notPresent.Where(one => !one.IsUnknown)),
                    SoftTags = events is null && isSoft ? soft : null,
                }
            );
        }
        return clips;

        IReadOnlyList<string> Without(List<string> present, IEnumerable<(string Label, bool)> stated) =>
            LabelledClip.InOrder(stated.Select(one => one.Label).Where(label => !present.Contains(label)), classes);
    }

    /// <summary>The labels of a list without confidences, each with confidence 1.</summary>
    private static IEnumerable<SoftTag> Certain(IEnumerable<string> labels) =>
        labels.Where(label => label != "").Distinct(StringComparer.Ordinal).Select(label => new SoftTag(label, 1));

    /// <summary>
    /// The events of a clip from all lists, with confidences. Events from lists without confidences have confidence 1.
    /// Null if no list with confidences contains the clip.
    /// </summary>
    /// <param name="clip">The clip.</param>
    /// <param name="soft">The lists of events, including events below the minimum confidence.</param>
    private static IReadOnlyList<SoftEvent>? SoftEventsOf(LabelledClip clip, List<Assigned<EventList>> soft)
    {
        var own = ListsOf(clip, soft);
        return Array.Exists(own, list => list.IsSoft) ? [.. own.SelectMany(list => EventsOf(clip, list))] : null;
    }

    /// <summary>
    /// The annotated times of a clip with strong labels in which some tags have no event. The classes of these tags are
    /// annotated at no time; all other known classes are annotated at all times. Null if every tag of the clip has an
    /// event, or if the clip has no strong labels.
    /// </summary>
    private static IReadOnlyList<AnnotatedSpan>? SpansOfLocated(
        LabelledClip clip,
        List<Assigned<EventList>> soft,
        ClassList classes
    )
    {
        if (clip.StrongEvents is null)
            return null;
        var located = ListsOf(clip, soft)
            .SelectMany(list => EventsOf(clip, list))
            .Select(sound => sound.Label)
            .ToHashSet(StringComparer.Ordinal);
        return clip.WeakLabels.All(located.Contains)
            ? null
            :
            [
                .. classes
                    .Where(label => located.Contains(label) || !clip.WeakLabels.Contains(label))
                    .Except(clip.UnknownLabels)
                    .Select(label => new AnnotatedSpan(0, SoundEvent.LatestSeconds, label)),
            ];
    }

    private static EventList[] ListsOf(LabelledClip clip, List<Assigned<EventList>> lists) =>
        clip.StrongEvents is null
            ? []
            : [.. lists.Where(list => list.SplitOf(clip.Name) == clip.Split).Select(list => list.List)];

    private static IReadOnlyList<SoftEvent> EventsOf(LabelledClip clip, EventList list) =>
        list.SoftEventsAt(list.IndexOf(clip.Name));

    /// <summary>
    /// The annotated spans that the rows of a clip state; null if one of the clip's lists annotates the whole clip, or
    /// if the clip has no strong labels.
    /// </summary>
    private static IReadOnlyList<AnnotatedSpan>? StatedSpansOf(LabelledClip clip, List<Assigned<EventList>> strong)
    {
        if (clip.StrongEvents is null)
            return null;
        var lists = ListsOf(clip, strong);
        return Array.TrueForAll(lists, list => list.StatedSpans is not null)
            ? [.. lists.SelectMany(list => list.StatedSpans![list.IndexOf(clip.Name)])]
            : null;
    }
}
