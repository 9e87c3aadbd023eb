using Sed.Core.Metrics;

namespace Sed.Core.Training;

/// <summary>What a detector's output on a split is worth.</summary>
/// <param name="Tagging">Decisions about tags of clips.</param>
/// <param name="Segments">Decisions about what is active in each second.</param>
public sealed record Scores(TaggingCounts Tagging, SegmentCounts Segments)
{
    private FMeasure Weak => Tagging.Scores().Micro;
    private ScoreSheet Strong => Segments.Scores().Overall;

    /// <summary>F-score of the tags, micro average; 0 where it is undefined because nothing was detected.</summary>
    public double WeakF => OrZero(Weak.F);

    /// <summary>Precision of the tags; 0 where nothing was detected.</summary>
    public double WeakPrecision => OrZero(Weak.Precision);

    /// <summary>Recall of the tags.</summary>
    public double WeakRecall => OrZero(Weak.Recall);

    /// <summary>Segment-based F-score at 1 s, micro average; 0 where nothing was detected.</summary>
    public double StrongF => OrZero(Strong.FMeasure.F);

    /// <summary>Segment-based precision; 0 where nothing was detected.</summary>
    public double StrongPrecision => OrZero(Strong.FMeasure.Precision);

    /// <summary>Segment-based recall.</summary>
    public double StrongRecall => OrZero(Strong.FMeasure.Recall);

    /// <summary>Segment-based error rate at 1 s; lower is better.</summary>
    public double StrongErrorRate => OrZero(Strong.ErrorRates.ErrorRate);

    private static double OrZero(Rate rate) => rate.IsDefined ? rate.Value : 0;
}
