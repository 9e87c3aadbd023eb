using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Segments;

/// <summary>Segment-based counts. Counts with the same classes and options can be added.</summary>
public sealed class SegmentCounts : DetectionCounts<SegmentCounts, SegmentOptions>, ICounts<SegmentCounts>
{
    internal const int PerClass = 4;

    /// <param name="classes">Classes, in the order of the per-class counts.</param>
    /// <param name="options">Segmentation of time.</param>
    /// <param name="values">
    /// The numbers of substitutions, deletions, insertions, segments and files; then TP, FP, FN, TN of each class.
    /// </param>
    /// <param name="evaluatedSeconds">Summed length of the files.</param>
    internal SegmentCounts(ClassList classes, SegmentOptions options, long[] values, double evaluatedSeconds)
        : base(classes, options, values, PerClass, evaluatedSeconds) { }

    /// <summary>Counts of zero files.</summary>
    public static SegmentCounts None(ClassList classes, SegmentOptions? options = null) =>
        new(classes, options ?? new(), Zeros(classes, PerClass), 0);

    /// <inheritdoc />
    public override BinaryCounts Overall
    {
        get
        {
            BinaryCounts sum = default;
            foreach (var own in ByClass)
                sum += own;
            return sum;
        }
    }

    /// <summary>Number of substitutions (S): pairs of a missed and a falsely detected label in one segment.</summary>
    public override long Substitutions => Values[0];

    /// <summary>Number of deletions (D): missed labels that are not substitutions.</summary>
    public override long Deletions => Values[1];

    /// <summary>Number of insertions (I): falsely detected labels that are not substitutions.</summary>
    public override long Insertions => Values[2];

    /// <summary>Number of segments.</summary>
    public long Segments => Values[3];

    private protected override SegmentCounts Of(long[] values, double evaluatedSeconds) =>
        new(Classes, Options, values, evaluatedSeconds);

    /// <summary>The sum of both counts.</summary>
    /// <exception cref="ArgumentException">Classes or options differ.</exception>
    public static SegmentCounts operator +(SegmentCounts a, SegmentCounts b) => a.Plus(b);
}
