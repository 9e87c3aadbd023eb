using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;

namespace Sed.Core.Training;

/// <summary>
/// What a detector's output on a split is worth. Where nobody wrote down when the events of its clips are, only the tags can
/// be scored: every strong score is then undefined, <see cref="double.NaN"/>.
/// </summary>
/// <param name="Tagging">Decisions about tags of clips.</param>
/// <param name="Segments">Decisions about what is active in each second; null where the events are unknown.</param>
public sealed record Scores(TaggingCounts Tagging, SegmentCounts? Segments)
{
    private FMeasure Weak => Tagging.Scores().Micro;
    private ScoreSheet? Strong => Segments?.Scores().Overall;

    /// <summary>Whether there are strong scores.</summary>
    public bool HasStrong => Segments is not null;

    /// <summary>F-score of the tags, micro average; 0 where it is undefined because nothing was detected.</summary>
    public double WeakF => OrZero(Weak.F);

    /// <summary>Precision of the tags; 0 where nothing was detected.</summary>
    public double WeakPrecision => OrZero(Weak.Precision);

    /// <summary>Recall of the tags.</summary>
    public double WeakRecall => OrZero(Weak.Recall);

    /// <summary>Segment-based F-score at 1 s, micro average; 0 where nothing was detected, NaN where events are unknown.</summary>
    public double StrongF => OrZero(Strong?.FMeasure.F);

    /// <summary>Segment-based precision; 0 where nothing was detected, NaN where events are unknown.</summary>
    public double StrongPrecision => OrZero(Strong?.FMeasure.Precision);

    /// <summary>Segment-based recall; NaN where events are unknown.</summary>
    public double StrongRecall => OrZero(Strong?.FMeasure.Recall);

    /// <summary>Segment-based error rate at 1 s; lower is better; NaN where events are unknown.</summary>
    public double StrongErrorRate => OrZero(Strong?.ErrorRates.ErrorRate);

    private static double OrZero(Rate? rate) =>
        rate switch
        {
            null => double.NaN,
            { IsDefined: true } defined => defined.Value,
            _ => 0,
        };
}
