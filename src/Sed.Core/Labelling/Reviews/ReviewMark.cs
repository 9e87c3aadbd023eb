using Sed.Core.Annotations;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// What a reviewer states about a recording: an event, a rejected event, an annotated span, a tag, or that a review is
/// complete.
/// </summary>
public enum MarkKind
{
    /// <summary>An event with onset, offset and label.</summary>
    Event,

    /// <summary>
    /// An event with this onset, offset and label was detected or annotated before the review, but does not occur.
    /// </summary>
    Rejection,

    /// <summary>
    /// All events of the label between onset and offset are annotated. Without a label, the events of all classes are
    /// annotated.
    /// </summary>
    Span,

    /// <summary>The presence of a class in the recording.</summary>
    Tag,

    /// <summary>
    /// The review of the stretch from onset to offset is complete: all events in the stretch are annotated.
    /// </summary>
    Done,

    /// <summary>The review of the recording's tags is complete.</summary>
    Tagged,
}

/// <summary>Presence of a class in a recording.</summary>
public enum TagPresence
{
    /// <summary>The class occurs.</summary>
    Present,

    /// <summary>The class does not occur.</summary>
    Absent,

    /// <summary>It is unknown whether the class occurs.</summary>
    Unknown,
}

/// <summary>
/// The original form of an event that a reviewer accepted or changed, as it was detected or annotated before the
/// review.
/// </summary>
/// <param name="Onset">Start in seconds from the start of the recording.</param>
/// <param name="Offset">End in seconds from the start of the recording.</param>
/// <param name="Label">Class of the event.</param>
/// <param name="Probability">Confidence of a detection; null for an annotation.</param>
public sealed record MarkOrigin(double Onset, double Offset, string Label, double? Probability = null);

/// <summary>One statement about a recording, for example an event or a tag. Immutable.</summary>
public sealed record ReviewMark
{
    /// <summary>Maximum length of a label, in characters.</summary>
    public const int LongestLabel = 200;

    /// <summary>Kind of the statement.</summary>
    public required MarkKind Kind { get; init; }

    /// <summary>Start in seconds from the start of the recording; 0 for tags.</summary>
    public double Onset { get; init; }

    /// <summary>End in seconds from the start of the recording; 0 for tags.</summary>
    public double Offset { get; init; }

    /// <summary>The class. Null for a span of all classes, and for the statement that a review is complete.</summary>
    public string? Label { get; init; }

    /// <summary>Presence of the class; null unless this is a tag.</summary>
    public TagPresence? Presence { get; init; }

    /// <summary>
    /// The event, detected or annotated before the review, that the reviewer accepted or changed to get this event.
    /// Null if the reviewer drew this event, and for other kinds of mark.
    /// </summary>
    public MarkOrigin? Origin { get; init; }

    /// <summary>Whether the mark refers to the whole recording.</summary>
    internal bool IsOfRecording => Kind is MarkKind.Tag or MarkKind.Tagged;

    /// <summary>Whether the mark is an event from before the review that the reviewer did not change.</summary>
    internal bool IsEarlierEvent =>
        Kind == MarkKind.Event && Label is not null && Origin == new MarkOrigin(Onset, Offset, Label);

    /// <summary>The key of a tag in the marks of a recording.</summary>
    internal static string TagKey(string label) => $"tag:{label}";

    /// <summary>The key under which the mark must be stored; null if it can have any key.</summary>
    internal string? FixedKey =>
        Kind switch
        {
            MarkKind.Tag => TagKey(Label!),
            MarkKind.Tagged => "tagged",
            MarkKind.Done => FormattableString.Invariant($"done:{Onset:R}-{Offset:R}"),
            _ => null,
        };

    /// <summary>The reason why the mark is not valid, as a message fragment; null if it is valid.</summary>
    /// <param name="seconds">Length of the recording in seconds.</param>
    internal string? Problem(double seconds)
    {
        // Lengths from headers and from decoding differ by rounding.
        const double tolerance = 0.01;
        var needsLabel = Kind is MarkKind.Event or MarkKind.Rejection or MarkKind.Tag;
        if (needsLabel && string.IsNullOrWhiteSpace(Label))
            return "the class has no name";
        if (Label is { Length: > LongestLabel })
            return $"the name of the class has {Label.Length} characters, but at most {LongestLabel} are allowed";
        if (Label is not null && ListNames.ProblemOf(Label) is { } unwritable)
            return unwritable;
        if (Kind == MarkKind.Tag && Presence is null)
            return "the tag does not state whether its class is present, absent or unknown";
        if (IsOfRecording)
            return null;
        if (SoundEvent.TimeProblem(Onset, Offset) is { } time)
            return time;
        if (Offset <= Onset)
            return FormattableString.Invariant($"the span from {Onset} s to {Offset} s is empty");
        return Offset > seconds + tolerance
            ? FormattableString.Invariant($"the offset of {Offset} s is after the end of the recording at {seconds} s")
            : null;
    }
}
