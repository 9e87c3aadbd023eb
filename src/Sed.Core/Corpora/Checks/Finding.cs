namespace Sed.Core.Corpora.Checks;

/// <summary>A finding of a corpus check.</summary>
/// <param name="Kind">Kind of the finding.</param>
/// <param name="Split">Split of the clip or class; null for a finding that does not belong to one split.</param>
/// <param name="Name">Name of the clip, file, source or class.</param>
/// <param name="Detail">Details, for example values; empty if the kind and the name are sufficient.</param>
public sealed record Finding(FindingKind Kind, Split? Split, string Name, string Detail);

/// <summary>Kinds of findings.</summary>
public enum FindingKind
{
    /// <summary>A row or list of labels that cannot be read.</summary>
    InvalidLabels,

    /// <summary>A labelled clip without audio.</summary>
    Missing,

    /// <summary>
    /// A labelled clip without audio, for which there is an audio file whose name differs only in case, Unicode form,
    /// separators or a leading "Y".
    /// </summary>
    SimilarFile,

    /// <summary>Audio that cannot be read.</summary>
    Unreadable,

    /// <summary>Audio that ends before the length in its header.</summary>
    Truncated,

    /// <summary>Audio with samples that are NaN or infinite.</summary>
    NotANumber,

    /// <summary>Audio that needs ffmpeg, which is not installed.</summary>
    NoDecoder,

    /// <summary>Audio whose header has errors but whose samples can be read.</summary>
    FaultyHeader,

    /// <summary>Audio with a peak below -80 dB of full scale.</summary>
    Silent,

    /// <summary>Audio with more than 0.1 % of its samples at full scale.</summary>
    Clipped,

    /// <summary>Audio that is more than 10 ms shorter than the clip length.</summary>
    Short,

    /// <summary>Audio that is more than 10 ms longer than the clip length.</summary>
    Long,

    /// <summary>Audio whose sampling rate differs from the sampling rate of the corpus.</summary>
    OtherRate,

    /// <summary>Audio with several channels.</summary>
    MultiChannel,

    /// <summary>A clip with the same samples as another clip.</summary>
    Duplicate,

    /// <summary>A clip that several audio files match.</summary>
    SeveralFiles,

    /// <summary>An audio file that no label file names.</summary>
    Unlabelled,

    /// <summary>An annotated clip without labels. A label with any confidence above 0 counts as a label.</summary>
    NoLabel,

    /// <summary>
    /// A clip-level label (tag) whose class has no event, in a clip with strong labels. The times at which the class
    /// occurs are unknown.
    /// </summary>
    TagWithoutEvent,

    /// <summary>A source with clips in several splits.</summary>
    SharedSource,

    /// <summary>A strong event that ends after the clip's audio.</summary>
    OutsideClip,

    /// <summary>A strong event with a duration of zero.</summary>
    ZeroLength,

    /// <summary>A strong event that repeats another event of the clip.</summary>
    RepeatedEvent,

    /// <summary>Strong events of the same class that overlap.</summary>
    OverlappingEvents,

    /// <summary>Classes whose names differ only in case, spaces, underscores, hyphens or Unicode form.</summary>
    SimilarClasses,

    /// <summary>A class without usable training clips.</summary>
    Untrained,

    /// <summary>A class without usable clips in a split other than training.</summary>
    EmptyClass,
}

/// <summary>How clips, files and classes with each kind of finding are handled.</summary>
public static class FindingPolicy
{
    /// <summary>How a kind of finding is handled, in a few words, for example "kept; resampled".</summary>
    public static string Of(FindingKind kind) =>
        kind switch
        {
            FindingKind.InvalidLabels => "error; correct the list",
            FindingKind.Missing => "left out",
            FindingKind.SimilarFile => "left out; rename the file or correct the list",
            FindingKind.Unreadable or FindingKind.Truncated or FindingKind.NotANumber => "left out",
            FindingKind.NoDecoder => "left out; install ffmpeg",
            FindingKind.FaultyHeader => "kept; see the detail",
            FindingKind.Silent or FindingKind.Clipped => "kept",
            FindingKind.Short => "kept; padded",
            FindingKind.Long => "kept; end cut off",
            FindingKind.OtherRate => "kept; resampled",
            FindingKind.MultiChannel => "kept; channels averaged",
            FindingKind.Duplicate => "kept",
            FindingKind.SeveralFiles => "first file used",
            FindingKind.Unlabelled => "not used",
            FindingKind.NoLabel => "kept; no class is present",
            FindingKind.TagWithoutEvent => "kept; times of the class unknown",
            FindingKind.SharedSource => "kept; held-out splits keep the source together",
            FindingKind.OutsideClip => "kept as labelled",
            FindingKind.ZeroLength => "kept; activates no frame",
            FindingKind.RepeatedEvent or FindingKind.OverlappingEvents => "kept as labelled",
            FindingKind.SimilarClasses => "kept as different classes",
            FindingKind.Untrained => "cannot be learnt",
            FindingKind.EmptyClass => "scores undefined",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>
    /// Whether the text report shows details for findings of a kind. Names are sufficient for the other kinds.
    /// </summary>
    public static bool HasDetails(FindingKind kind) =>
        kind
            is FindingKind.InvalidLabels
                or FindingKind.SimilarFile
                or FindingKind.FaultyHeader
                or FindingKind.TagWithoutEvent
                or FindingKind.RepeatedEvent
                or FindingKind.OverlappingEvents
                or FindingKind.SimilarClasses;

    /// <summary>Whether clips with this finding are left out of the corpus.</summary>
    public static bool LeavesOut(FindingKind kind) =>
        kind
            is FindingKind.Missing
                or FindingKind.Unreadable
                or FindingKind.Truncated
                or FindingKind.NotANumber
                or FindingKind.NoDecoder;
}
