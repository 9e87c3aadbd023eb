using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Events;

/// <summary>
/// Options of event-based evaluation: the criteria by which an estimated event agrees with a reference event.
/// Immutable; checked on use.
/// </summary>
public sealed record EventOptions
{
    /// <summary>Whether onsets must agree. Default true.</summary>
    public bool EvaluateOnset { get; init; } = true;

    /// <summary>Whether offsets must agree. Default true.</summary>
    public bool EvaluateOffset { get; init; } = true;

    /// <summary>Collar: the maximum difference between onsets, and between offsets, in seconds. Default 0.2.</summary>
    public double CollarSeconds { get; init; } = 0.2;

    /// <summary>
    /// Fraction of the reference event's length, from 0 to 1. The offset collar is this fraction of the length or
    /// <see cref="CollarSeconds"/>, whichever is larger. Default 0.5.
    /// </summary>
    public double PercentageOfLength { get; init; } = 0.5;

    /// <summary>How events are paired. Default: a maximum matching.</summary>
    public EventMatching Matching { get; init; } = EventMatching.Optimal;

    /// <summary>The order in which events are paired. Default: the order of the rows.</summary>
    public EventOrder Order { get; init; } = EventOrder.AsListed;

    /// <summary>Every problem of these options; empty when they are valid.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (!EvaluateOnset && !EvaluateOffset)
            problems.Add("EvaluateOnset and EvaluateOffset cannot both be false: nothing would be compared.");
        if (!(CollarSeconds > 0) || double.IsInfinity(CollarSeconds))
            problems.Add(
                FormattableString.Invariant($"CollarSeconds must be positive and finite, was {CollarSeconds} s.")
            );
        if (!(PercentageOfLength >= 0 && PercentageOfLength <= 1))
            problems.Add(
                FormattableString.Invariant($"PercentageOfLength must lie between 0 and 1, was {PercentageOfLength}.")
            );
        return problems;
    }

    internal void Check()
    {
        if (Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>
    /// Whether the times agree. Uses the arithmetic of sed_eval, because at the edge of a collar the result depends on
    /// rounding.
    /// </summary>
    internal bool Agree(in CodedEvent reference, in CodedEvent estimated) =>
        (!EvaluateOnset || Math.Abs(reference.Onset - estimated.Onset) <= CollarSeconds)
        && (!EvaluateOffset || Math.Abs(reference.Offset - estimated.Offset) <= OffsetCollar(reference));

    internal double OffsetCollar(in CodedEvent reference) =>
        Math.Max(CollarSeconds, PercentageOfLength * (reference.Offset - reference.Onset));
}

/// <summary>How reference events and estimated events with the same label are paired.</summary>
public enum EventMatching
{
    /// <summary>Maximum bipartite matching: the largest possible number of pairs (sed_eval's default).</summary>
    Optimal,

    /// <summary>
    /// Each reference event is paired with the first free estimated event in row order (sed_eval's earlier method). The
    /// result can depend on that order.
    /// </summary>
    Greedy,
}

/// <summary>
/// The order in which events are paired. It does not change the number of pairs of the optimal matching. If several
/// maximum matchings exist, it determines which events remain unpaired, and therefore the number of substitutions.
/// </summary>
public enum EventOrder
{
    /// <summary>Row order, as in sed_eval: for the same lists, all counts are identical to sed_eval's counts.</summary>
    AsListed,

    /// <summary>By onset, then by offset: counts do not depend on row order.</summary>
    ByTime,
}
