using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Events;

/// <summary>When an estimated event is taken for a reference event. Immutable; checked where it is used.</summary>
public sealed record EventOptions
{
    /// <summary>True when the onsets must agree. Default true.</summary>
    public bool EvaluateOnset { get; init; } = true;

    /// <summary>True when the offsets must agree. Default true.</summary>
    public bool EvaluateOffset { get; init; } = true;

    /// <summary>The collar: how far onsets and offsets may be apart, in seconds. Default 0.2.</summary>
    public double CollarSeconds { get; init; } = 0.2;

    /// <summary>
    /// The offset may also be off by this fraction of the reference event's length, where that is more than the collar;
    /// from 0 to 1. Default 0.5.
    /// </summary>
    public double PercentageOfLength { get; init; } = 0.5;

    /// <summary>How events are paired. Default: as many pairs as possible.</summary>
    public EventMatching Matching { get; init; } = EventMatching.Optimal;

    /// <summary>In which order events are taken. Default: that of the rows.</summary>
    public EventOrder Order { get; init; } = EventOrder.AsListed;

    /// <summary>Every reason these options cannot be used; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (!EvaluateOnset && !EvaluateOffset)
            problems.Add("EvaluateOnset and EvaluateOffset cannot both be false: nothing would be compared.");
        if (!(CollarSeconds > 0) || double.IsInfinity(CollarSeconds))
            problems.Add(FormattableString.Invariant($"CollarSeconds must be positive, was {CollarSeconds} s."));
        if (!(PercentageOfLength >= 0 && PercentageOfLength <= 1))
            problems.Add(
                FormattableString.Invariant($"PercentageOfLength must lie in 0 to 1, was {PercentageOfLength}.")
            );
        return problems;
    }

    internal void Check()
    {
        if (Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>Whether the times agree, in the same double arithmetic as sed_eval: rounding decides at the edge of a collar.</summary>
    internal bool Agree(in CodedEvent reference, in CodedEvent estimated) =>
        (!EvaluateOnset || Math.Abs(reference.Onset - estimated.Onset) <= CollarSeconds)
        && (!EvaluateOffset || Math.Abs(reference.Offset - estimated.Offset) <= OffsetCollar(reference));

    internal double OffsetCollar(in CodedEvent reference) =>
        Math.Max(CollarSeconds, PercentageOfLength * (reference.Offset - reference.Onset));
}

/// <summary>How reference events and estimated events of one label are paired.</summary>
public enum EventMatching
{
    /// <summary>As many pairs as possible (maximum bipartite matching; sed_eval's default).</summary>
    Optimal,

    /// <summary>
    /// Each reference event takes the first free estimated event, in the order of the lists (sed_eval's older way). The order
    /// of the rows can change the result.
    /// </summary>
    Greedy,
}

/// <summary>
/// The order in which events are taken. It never changes how many pairs the optimal matching finds, but where several largest
/// matchings exist it decides which events are left over, and so how many of them are substitutions.
/// </summary>
public enum EventOrder
{
    /// <summary>The order of the rows, as in sed_eval: every number is the one that sed_eval gives for the same lists.</summary>
    AsListed,

    /// <summary>By onset, then offset: no number depends on the order of the rows.</summary>
    ByTime,
}
