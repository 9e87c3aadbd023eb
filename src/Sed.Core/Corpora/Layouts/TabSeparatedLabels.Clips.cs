using Sed.Core.Annotations;

namespace Sed.Core.Corpora.Layouts;

/// <content>The clips of the lists.</content>
internal sealed partial class TabSeparatedLabels
{
    private static IEnumerable<LabelledClip> Join(
        List<(Split Split, TagList List)> weak,
        List<(Split Split, EventList List)> strong,
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
        List<(Split Split, TagList List)> weak,
        List<(Split Split, EventList List)> strong,
        ClassList classes
    )
    {
        List<(Split Split, string Name)> order =
        [
            .. weak.SelectMany(entry => entry.List.Files.Select(name => (entry.Split, name))),
            .. strong.SelectMany(entry => entry.List.Files.Select(name => (entry.Split, name))),
        ];
        List<LabelledClip> clips = [];
        foreach (var (split, name) in order.Distinct().OrderBy(clip => clip.Split))
        {
            List<string> labels = [];
            List<(string Label, bool IsUnknown)> notPresent = [];
            List<SoundEvent>? events = null;
            List<SoftTag>? soft = null;
            foreach (var (listSplit, list) in weak)
                if (listSplit == split)
                {
                    if (list.IndexOf(name) >= 0 && list.ConfidencesOf(name) is { } confidences)
                        (soft ??= []).AddRange(confidences);
                    labels.AddRange(list.RowsOf(name).ToArray().Select(row => row.Label));
                    notPresent.AddRange(list.NotPresentOf(name));
                }
            foreach (var (listSplit, list) in strong)
                if (listSplit == split && list.IndexOf(name) >= 0)
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
    private static IReadOnlyList<SoftEvent>? SoftEventsOf(
        LabelledClip clip,
        List<(Split Split, EventList List)> soft
    ) =>
        clip.StrongEvents is not null
        && soft.FirstOrDefault(list => list.Split == clip.Split && list.List.IndexOf(clip.Name) >= 0).List is { } own
            ? own.SoftEventsAt(own.IndexOf(clip.Name))
            : null;

    /// <summary>
    /// The annotated spans that the rows of a clip state; null if one of the clip's lists annotates it completely.
    /// </summary>
    private static IReadOnlyList<AnnotatedSpan>? StatedSpansOf(
        LabelledClip clip,
        List<(Split Split, EventList List)> strong
    )
    {
        if (clip.StrongEvents is null)
            return null;
        var lists = strong.Where(list => list.Split == clip.Split && list.List.IndexOf(clip.Name) >= 0).ToArray();
        return Array.TrueForAll(lists, list => list.List.StatedSpans is not null)
            ? [.. lists.SelectMany(list => list.List.StatedSpans![list.List.IndexOf(clip.Name)])]
            : null;
    }
}
