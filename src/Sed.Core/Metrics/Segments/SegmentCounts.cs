using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Segments;

/// <summary>Segment-based counts; those of the same classes and segments add up.</summary>
public sealed class SegmentCounts : DetectionCounts<SegmentCounts, SegmentOptions>, ICounts<SegmentCounts>
{
    internal const int PerClass = 4;

    /// <param name="classes">The classes.</param>
    /// <param name="options">How time was cut.</param>
    /// <param name="values">Substitutions, deletions, insertions, segments, files; then of each class TP, FP, FN, TN.</param>
    /// <param name="evaluatedSeconds">Summed length of the files.</param>
    internal SegmentCounts(ClassList classes, SegmentOptions options, long[] values, double evaluatedSeconds)
        : base(classes, options, values, PerClass, evaluatedSeconds) { }

    /// <summary>Counts of nothing, to which others can be added.</summary>
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

    /// <summary>Wrong labels in place of right ones, segment by segment (S).</summary>
    public override long Substitutions => Values[0];

    /// <summary>Missed labels without a wrong one in the segment to pair them with (D).</summary>
    public override long Deletions => Values[1];

    /// <summary>Wrong labels without a missed one in the segment to pair them with (I).</summary>
    public override long Insertions => Values[2];

    /// <summary>Number of segments.</summary>
    public long Segments => Values[3];

    private protected override SegmentCounts Of(long[] values, double evaluatedSeconds) =>
        new(Classes, Options, values, evaluatedSeconds);

    /// <summary>Both counts together.</summary>
    /// <exception cref="ArgumentException">Classes or segments differ.</exception>
    public static SegmentCounts operator +(SegmentCounts a, SegmentCounts b) => a.Plus(b);
}
