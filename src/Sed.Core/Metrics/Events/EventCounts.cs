using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Events;

/// <summary>
/// Event-based counts. Counts with the same classes and options can be added. There are no true negatives.
/// </summary>
public sealed class EventCounts : DetectionCounts<EventCounts, EventOptions>, ICounts<EventCounts>
{
    internal const int PerClass = 3;

    /// <param name="classes">Classes, in the order of the per-class counts.</param>
    /// <param name="options">Criteria of agreement between events.</param>
    /// <param name="values">
    /// Nref, Nsys, Ntp, the numbers of substitutions and of files; then TP, FP, FN of each class.
    /// </param>
    /// <param name="evaluatedSeconds">The last offsets of the reference, summed over files.</param>
    internal EventCounts(ClassList classes, EventOptions options, long[] values, double evaluatedSeconds)
        : base(classes, options, values, PerClass, evaluatedSeconds) { }

    /// <summary>Counts of zero files.</summary>
    public static EventCounts None(ClassList classes, EventOptions? options = null) =>
        new(classes, options ?? new(), Zeros(classes, PerClass), 0);

    /// <summary>Number of reference events (Nref).</summary>
    public long Reference => Values[0];

    /// <summary>Number of estimated events (Nsys).</summary>
    public long Estimated => Values[1];

    /// <summary>Number of pairs that agree in time and label (Ntp).</summary>
    public long TruePositives => Values[2];

    /// <inheritdoc />
    public override BinaryCounts Overall => new(TruePositives, Estimated - TruePositives, Reference - TruePositives);

    /// <summary>
    /// Number of pairs that agree in time but not in label (Nsubs), among the events that the matching leaves unpaired.
    /// If several maximum matchings exist, the one that is found determines which events remain unpaired.
    /// </summary>
    public override long Substitutions => Values[3];

    /// <summary>Number of reference events without a partner (Nfn).</summary>
    public override long Deletions => Reference - TruePositives - Substitutions;

    /// <summary>Number of estimated events without a partner (Nfp).</summary>
    public override long Insertions => Estimated - TruePositives - Substitutions;

    private protected override EventCounts Of(long[] values, double evaluatedSeconds) =>
        new(Classes, Options, values, evaluatedSeconds);

    /// <summary>The sum of both counts.</summary>
    /// <exception cref="ArgumentException">Classes or options differ.</exception>
    public static EventCounts operator +(EventCounts a, EventCounts b) => a.Plus(b);
}
