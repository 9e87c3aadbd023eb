using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>
/// New names of the labels of a corpus. Labels that get the same name become one class; a label with several names
/// counts as several classes. A class is absent if all labels that are mapped to it are absent. Its events are
/// annotated at the times at which the events of all these labels are annotated.
/// </summary>
internal sealed class Relabelling
{
    private readonly Func<string, IReadOnlyList<string>> namesOf;
    private readonly Dictionary<string, string[]> labelsOf;

    /// <param name="before">The classes of the corpus.</param>
    /// <param name="namesOf">Returns the new names of a label.</param>
    /// <param name="after">The new classes.</param>
    public Relabelling(ClassList before, Func<string, IReadOnlyList<string>> namesOf, ClassList after)
    {
        this.namesOf = namesOf;
        Classes = after;
        labelsOf = before
            .SelectMany(label => namesOf(label).Select(name => (Label: label, Name: name)))
            .GroupBy(one => one.Name, one => one.Label, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The new classes.</summary>
    public ClassList Classes { get; }

    /// <summary>A copy of a clip with the new labels.</summary>
    public LabelledClip Of(LabelledClip clip)
    {
        var present = LabelledClip.InOrder(clip.WeakLabels.SelectMany(namesOf), Classes);
        var unknown = LabelledClip.InOrder(clip.UnknownLabels.SelectMany(namesOf).Except(present), Classes);
        SoundEvent[]? events = clip.StrongEvents is { } strong
            ? [.. strong.SelectMany(sound => namesOf(sound.Label).Select(name => sound with { Label = name }))]
            : null;
        return clip with
        {
            WeakLabels = present,
            UnknownLabels = unknown,
            AbsentLabels = LabelledClip.InOrder(
                clip.AbsentLabels.SelectMany(namesOf).Except(present.Concat(unknown)).Where(IsAbsent),
                Classes
            ),
            AnnotatedSpans = clip.AnnotatedSpans is { } spans ? Spans(spans, events ?? []) : null,
            StrongEvents = events,
            SoftEvents = clip.SoftEvents is { } soft
                ?
                [
                    .. soft.SelectMany(one =>
                        namesOf(one.Event.Label).Select(name => one with { Event = one.Event with { Label = name } })
                    ),
                ]
                : null,
            SoftTags = clip.SoftTags is { } tags
                ? [.. tags.SelectMany(tag => namesOf(tag.Label).Select(name => tag with { Label = name }))]
                : null,
        };

        bool IsAbsent(string name) => LabelsOf(name).All(label => clip.AbsentLabels.Contains(label));
    }

    /// <summary>The labels that are mapped to a class.</summary>
    private string[] LabelsOf(string name) => labelsOf.GetValueOrDefault(name) ?? [name];

    /// <summary>The annotated spans of the new classes.</summary>
    /// <param name="spans">Spans of the labels.</param>
    /// <param name="events">Events with their new labels.</param>
    private IReadOnlyList<AnnotatedSpan> Spans(IReadOnlyList<AnnotatedSpan> spans, IReadOnlyList<SoundEvent> events)
    {
        List<AnnotatedSpan> renamed = [];
        foreach (var span in spans)
            if (span.Label is { } label)
                renamed.AddRange(
                    namesOf(label).Where(name => LabelsOf(name).Length == 1).Select(name => span with { Label = name })
                );
            else
                renamed.Add(span);
        var ofOneLabel = spans.Select(span => span.Label).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var name in Classes)
            if (LabelsOf(name) is { Length: > 1 } labels && labels.Any(ofOneLabel.Contains))
            {
                var known = labels
                    .Select(label => AnnotatedSpan.Of(label, spans))
                    .Aggregate((one, other) => one.And(other));
                renamed.AddRange((known.Spans ?? []).Select(span => new AnnotatedSpan(span.From, span.To, name)));
                // An event of one of the labels is an event of the class, whatever is known of the other labels.
                renamed.AddRange(
                    events
                        .Where(sound => sound.Label == name && !sound.IsUnlocated)
                        .Select(sound => new AnnotatedSpan(sound.Onset, sound.Offset, name))
                );
            }
        return renamed;
    }
}
