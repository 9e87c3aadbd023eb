using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// Intersection-based counts of events (Bilen et al. 2020). Counts with the same classes and options can be added.
/// There are no true negatives.
/// </summary>
/// <remarks>
/// A true positive is a reference event that valid detections cover to a sufficient extent. A false positive is a
/// detection that is not valid. Several detections can cover one reference event, so true and false positives do not
/// add up to the number of detections.
/// </remarks>
public sealed class IntersectionCounts : ClassCounts<IntersectionCounts, PsdsOptions>, ICounts<IntersectionCounts>
{
    internal const int PerClass = 3;

    /// <param name="classes">Classes, in the order of the per-class counts.</param>
    /// <param name="options">The criteria of intersection.</param>
    /// <param name="values">
    /// TP, FP and FN over all classes, a zero, and the number of files; then TP, FP, FN of each class.
    /// </param>
    internal IntersectionCounts(ClassList classes, PsdsOptions options, long[] values)
        : base(classes, options, values, PerClass) { }

    /// <summary>Counts of all classes together.</summary>
    public BinaryCounts Overall => new(Values[0], Values[1], Values[2]);

    /// <summary>
    /// F1, precision and recall of all classes together (micro average). Without detections, precision is 0, as in
    /// sed_scores_eval. Undefined without reference events.
    /// </summary>
    public FMeasure Micro =>
        Overall.Reference == 0
            ? new FMeasure(Missing, Missing, Missing)
            : Rates.FMeasure(Overall, new ScoringConventions { EmptyEstimate = EmptyEstimate.ZeroPrecision });

    private static Rate Missing => Rate.Undefined("the reference has no events");

    private protected override IntersectionCounts Of(long[] values) => new(Classes, Conditions, values);

    /// <summary>The sum of both counts.</summary>
    /// <exception cref="ArgumentException">Classes or options differ.</exception>
    public static IntersectionCounts operator +(IntersectionCounts a, IntersectionCounts b) => a.Of(a.SumWith(b));
}
