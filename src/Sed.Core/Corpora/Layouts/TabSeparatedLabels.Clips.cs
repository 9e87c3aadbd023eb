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
        // A list of unlabelled clips can name labelled ones too.
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
            List<SoftTag>? soft = null;
            foreach (var (list, splitOf) in weak)
                if (splitOf(name) == split)
                {
                    if (list.ConfidencesOf(name) is { } confidences)
                        (soft ??= []).AddRange(confidences);
                    labels.AddRange(list.RowsOf(name).ToArray().Select(row => row.Label));
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
                    SoftTags = events is null ? soft : null,
                }
            );
        }
        return clips;

        IReadOnlyList<string> Without(List<string> present, IEnumerable<(string Label, bool)> stated) =>
            LabelledClip.InOrder(stated.Select(one => one.Label).Where(label => !present.Contains(label)), classes);
    }

    /// <summary>
    /// The events of a clip with their confidences; null if no list with confidences contains the clip.
    /// </summary>
    private static IReadOnlyList<SoftEvent>? SoftEventsOf(LabelledClip clip, List<Assigned<EventList>> soft) =>
        clip.StrongEvents is not null
        && soft.FirstOrDefault(list => list.SplitOf(clip.Name) == clip.Split)?.List is { } own
            ? own.SoftEventsAt(own.IndexOf(clip.Name))
            : null;

    /// <summary>
    /// The annotated spans that the rows of a clip state; null if one of the clip's lists annotates it completely.
    /// </summary>
    private static IReadOnlyList<AnnotatedSpan>? StatedSpansOf(LabelledClip clip, List<Assigned<EventList>> strong)
    {
        if (clip.StrongEvents is null)
            return null;
        var lists = strong.Where(list => list.SplitOf(clip.Name) == clip.Split).ToArray();
        return Array.TrueForAll(lists, list => list.List.StatedSpans is not null)
            ? [.. lists.SelectMany(list => list.List.StatedSpans![list.List.IndexOf(clip.Name)])]
            : null;
    }
}
