using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>A clip with usable audio, and its labels.</summary>
public sealed record Clip
{
    /// <summary>Name as in the corpus's label files, for example "-5QrBL6MzLg_60.000_70.000.wav".</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The recording that the clip was cut from, for example a YouTube id, or the group of this recording
    /// (<see cref="CorpusOptions.Group"/>). Validation splits and folds keep clips of one source together.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>Path of the audio file.</summary>
    public required string AudioPath { get; init; }

    /// <summary>Length of the audio file in bytes.</summary>
    public required long AudioBytes { get; init; }

    /// <summary>
    /// SHA-256 of the audio file's content, 64 lower-case hexadecimal digits; null if it has not been computed.
    /// </summary>
    public string? AudioSha256 { get; init; }

    /// <summary>Duration of the audio (s), positive.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>The channel of the audio that is used, from 1. Null (default): the mean of all channels.</summary>
    public int? Channel { get; init; }

    /// <summary>
    /// In a union of several corpora, the name of the corpus that the clip comes from; null if the corpus is not a
    /// union. <see cref="Source"/> begins with this name or, if several corpora contain the recording, with the name of
    /// the first of them.
    /// </summary>
    public string? Part { get; init; }

    /// <summary>The split that the clip belongs to.</summary>
    public required Split Split { get; init; }

    /// <summary>Classes present in the clip, without duplicates, in the order of the corpus's classes.</summary>
    public required IReadOnlyList<string> WeakLabels { get; init; }

    /// <summary>
    /// Annotated events, in seconds from the clip's start; null if the clip has no strong labels. Includes the unlocated
    /// events of DCASE 2017, which are annotated from 0 to 0 s.
    /// </summary>
    public IReadOnlyList<SoundEvent>? StrongEvents { get; init; }

    /// <summary>
    /// Events that were mixed into a training clip, in a corpus of mixed soundscapes whose label files give training
    /// clips weak labels only. Only training with strong labels uses these events; otherwise, the clip counts as weakly
    /// labelled. Null for other clips.
    /// </summary>
    public IReadOnlyList<SoundEvent>? MixedEvents { get; init; }

    /// <summary>
    /// All events with the confidences of their labels. The confidences are the targets of training with strong labels.
    /// <see cref="StrongEvents"/> contains the events with a confidence of at least 0.5. Null: the labels have no
    /// confidences.
    /// </summary>
    public IReadOnlyList<SoftEvent>? SoftEvents { get; init; }

    /// <summary>
    /// Clip-level labels with confidences. The confidences are the targets of training with weak labels; classes that
    /// are not listed have the target 0. <see cref="WeakLabels"/> contains the labels with a confidence of at least
    /// 0.5. Null (default): the labels have no confidences.
    /// </summary>
    public IReadOnlyList<SoftTag>? SoftTags { get; init; }

    /// <summary>
    /// Whether the weak labels of the clip are annotated. True also if the annotation states that no class is present.
    /// False for unlabelled clips. Default true.
    /// </summary>
    public bool IsTagged { get; init; } = true;

    /// <summary>
    /// Classes whose presence in the clip is unknown. All other classes that are not among the <see cref="WeakLabels"/>
    /// are absent. Default: none.
    /// </summary>
    public IReadOnlyList<string> UnknownLabels { get; init; } = [];

    /// <summary>
    /// The times at which events are annotated; at other times it is unknown whether events occur. Null (default): the
    /// whole clip, for all classes except <see cref="UnknownLabels"/>.
    /// </summary>
    public IReadOnlyList<AnnotatedSpan>? AnnotatedSpans { get; init; }

    /// <summary>
    /// The recording that a training window was cut from; null for other clips and for a recording that consists of a
    /// single window. Weak labels of a recording are valid for the recording, not for each of its windows.
    /// </summary>
    public Clip? Recording { get; init; }

    /// <summary>
    /// Events for training with strong labels: <see cref="StrongEvents"/> or, if they are null,
    /// <see cref="MixedEvents"/>. Null if both are null.
    /// </summary>
    public IReadOnlyList<SoundEvent>? KnownEvents => StrongEvents ?? MixedEvents;

    /// <summary>Whether the labels of the clip cover all classes and all times of the clip.</summary>
    public bool IsFullyKnown => UnknownLabels.Count == 0 && AnnotatedSpans is null;

    /// <summary>
    /// The annotated duration in seconds: the duration of the union of <see cref="AnnotatedSpans"/> or, if there are no
    /// spans (null), the whole duration; 0 for an unlabelled clip.
    /// </summary>
    public double LabelledSeconds =>
        !IsTagged && StrongEvents is null ? 0
        : AnnotatedSpans is { } spans
            ? KnownSpans.Of(spans.Select(span => (span.Onset, span.Offset))).SecondsIn(0, DurationSeconds)
        : DurationSeconds;

    /// <summary>The target of a class in training with weak labels, from 0 to 1.</summary>
    internal float WeakTargetOf(string label) =>
        SoftTags is not { } soft
            ? (WeakLabels.Contains(label) ? 1 : 0)
            : (float)soft.Where(tag => tag.Label == label).Select(tag => tag.Confidence).DefaultIfEmpty().Max();

    /// <summary>The times at which the events of a class are annotated.</summary>
    public KnownSpans KnownTimesOf(string label) =>
        AnnotatedSpans is { } spans ? AnnotatedSpan.Of(label, spans)
        : UnknownLabels.Contains(label) ? KnownSpans.Never
        : KnownSpans.Always;
}

/// <summary>A clip of the label files that cannot be used.</summary>
/// <param name="Name">Name as in the label files.</param>
/// <param name="Split">The split of the clip.</param>
/// <param name="Missing">True if the clip has no audio file, false if its audio file cannot be read.</param>
/// <param name="Reason">The reason why the clip is left out.</param>
public sealed record LeftOutClip(string Name, Split Split, bool Missing, string Reason);
