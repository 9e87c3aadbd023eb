namespace Sed.Core.Corpora.Checks;

/// <summary>What is done about each kind of finding: one rule for every corpus and every table made from it.</summary>
public static class FindingPolicy
{
    /// <summary>What is done, in a few words.</summary>
    public static string Of(FindingKind kind) =>
        kind switch
        {
            FindingKind.Missing => "left out",
            FindingKind.Unreadable or FindingKind.Truncated or FindingKind.NotANumber => "left out",
            FindingKind.NoDecoder => "left out; install ffmpeg",
            FindingKind.Silent or FindingKind.Clipped => "kept",
            FindingKind.Short => "kept; padded and masked",
            FindingKind.Long => "kept; cut at the end",
            FindingKind.OtherRate => "kept; resampled",
            FindingKind.MultiChannel => "kept; channels averaged",
            FindingKind.Duplicate => "kept",
            FindingKind.SeveralFiles => "the first is used",
            FindingKind.Unlabelled => "not used",
            FindingKind.NoLabel => "kept; without a class",
            FindingKind.SharedSource => "kept; carved splits avoid it",
            FindingKind.OutsideClip => "kept as labelled",
            FindingKind.ZeroLength => "kept; activates nothing",
            FindingKind.EmptyClass => "scored as undefined",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };

    /// <summary>Whether a clip with this finding is left out of the corpus.</summary>
    public static bool LeavesOut(FindingKind kind) =>
        kind
            is FindingKind.Missing
                or FindingKind.Unreadable
                or FindingKind.Truncated
                or FindingKind.NotANumber
                or FindingKind.NoDecoder;
}
