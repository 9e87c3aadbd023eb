namespace Sed.Core.Annotations;

/// <summary>A time span of a recording in which the events of one class or of all classes are annotated.</summary>
/// <param name="Onset">Start of the span in seconds.</param>
/// <param name="Offset">End of the span in seconds.</param>
/// <param name="Label">The class whose events are annotated; null: all classes.</param>
public sealed record AnnotatedSpan(double Onset, double Offset, string? Label = null)
{
    /// <summary>The spans in which a class is annotated.</summary>
    internal static KnownSpans Of(string label, IEnumerable<AnnotatedSpan> spans) =>
        KnownSpans.Of(
            spans.Where(span => span.Label is null || span.Label == label).Select(span => (span.Onset, span.Offset))
        );

    /// <summary>
    /// The classes whose presence in a clip is unknown. A class is unknown if it has no event in the clip and its
    /// annotated spans do not cover the whole clip.
    /// </summary>
    /// <param name="spans">The annotated spans of the clip.</param>
    /// <param name="present">Labels of the clip's events.</param>
    /// <param name="classes">All classes.</param>
    /// <param name="seconds">Duration of the clip in seconds.</param>
    internal static IReadOnlyList<string> UnknownLabels(
        IReadOnlyList<AnnotatedSpan> spans,
        IReadOnlyCollection<string> present,
        ClassList classes,
        double seconds
    ) => [.. classes.Where(label => !present.Contains(label) && !Of(label, spans).Contain(0, seconds))];
}
