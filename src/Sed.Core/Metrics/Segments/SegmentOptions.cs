namespace Sed.Core.Metrics.Segments;

/// <summary>
/// Options of segment-based evaluation: the division of time into segments. Immutable; checked on use.
/// </summary>
public sealed record SegmentOptions
{
    /// <summary>Length of a segment, in seconds. Default 1.0 (DCASE 2017 Task 4 B).</summary>
    public double ResolutionSeconds { get; init; } = 1.0;

    /// <summary>
    /// Length of every file in seconds; later activity is ignored. Default null: each file ends at the last offset in
    /// its reference or in its estimate, whichever is later, as in sed_eval. Lengths that are given for single files
    /// take precedence.
    /// </summary>
    public double? LengthSeconds { get; init; }

    /// <summary>Every problem of these options; empty when they are valid.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (!(ResolutionSeconds >= 1e-6) || double.IsInfinity(ResolutionSeconds))
            problems.Add(
                FormattableString.Invariant($"ResolutionSeconds must be at least 1e-6 s, was {ResolutionSeconds} s.")
            );
        if (LengthSeconds is { } length && !(length >= 0 && length <= Annotations.SoundEvent.LatestSeconds))
            problems.Add(
                FormattableString.Invariant(
                    $"LengthSeconds must lie between 0 s and {Annotations.SoundEvent.LatestSeconds} s, was {length} s."
                )
            );
        return problems;
    }

    internal void Check()
    {
        if (Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }
}
