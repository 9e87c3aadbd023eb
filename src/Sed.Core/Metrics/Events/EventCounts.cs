using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Events;

/// <summary>Event-based counts; those of the same classes and options add up. Events have no true negatives.</summary>
public sealed class EventCounts : DetectionCounts<EventCounts, EventOptions>, ICounts<EventCounts>
{
    internal const int PerClass = 3;

    /// <param name="classes">The classes.</param>
    /// <param name="options">When events agree.</param>
    /// <param name="values">Nref, Nsys, Ntp, substitutions, files; then of each class TP, FP, FN.</param>
    /// <param name="evaluatedSeconds">Summed last offsets of the reference.</param>
    internal EventCounts(ClassList classes, EventOptions options, long[] values, double evaluatedSeconds)
        : base(classes, options, values, PerClass, evaluatedSeconds) { }

    /// <summary>Counts of nothing, to which others can be added.</summary>
    public static EventCounts None(ClassList classes, EventOptions? options = null) =>
        new(classes, options ?? new(), Zeros(classes, PerClass), 0);

    /// <summary>Number of reference events (Nref).</summary>
    public long Reference => Values[0];

    /// <summary>Number of estimated events (Nsys).</summary>
    public long Estimated => Values[1];

    /// <summary>Pairs whose times and label agree (Ntp).</summary>
    public long TruePositives => Values[2];

    /// <inheritdoc />
    public override BinaryCounts Overall => new(TruePositives, Estimated - TruePositives, Reference - TruePositives);

    /// <summary>
    /// Pairs, among the events left over, whose times agree and whose labels do not (Nsubs). Which events are left over depends
    /// on which of several largest matchings was found.
    /// </summary>
    public override long Substitutions => Values[3];

    /// <summary>Reference events in no pair (Nfn).</summary>
    public override long Deletions => Reference - TruePositives - Substitutions;

    /// <summary>Estimated events in no pair (Nfp).</summary>
    public override long Insertions => Estimated - TruePositives - Substitutions;

    private protected override EventCounts Of(long[] values, double evaluatedSeconds) =>
        new(Classes, Options, values, evaluatedSeconds);

    /// <summary>Both counts together.</summary>
    /// <exception cref="ArgumentException">Classes or options differ.</exception>
    public static EventCounts operator +(EventCounts a, EventCounts b) => a.Plus(b);
}
