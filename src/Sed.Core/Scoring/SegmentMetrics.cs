using Sed.Core.Metrics.Counts;

namespace Sed.Core.Scoring;

/// <summary>Metrics of what is active in each second: micro averages over all classes, as sed_eval has them.</summary>
public static class SegmentMetrics
{
    /// <summary>Segment-based F-score at 1 s.</summary>
    public static Metric F { get; } =
        new SegmentMetric("strong F", "segment-based F-score at 1 s, micro average", own => own.FMeasure.F);

    /// <summary>Segment-based precision at 1 s.</summary>
    public static Metric Precision { get; } =
        new SegmentMetric("strong P", "segment-based precision at 1 s, micro average", own => own.FMeasure.Precision);

    /// <summary>Segment-based recall at 1 s.</summary>
    public static Metric Recall { get; } =
        new SegmentMetric("strong R", "segment-based recall at 1 s, micro average", own => own.FMeasure.Recall);

    /// <summary>Segment-based error rate at 1 s: substitutions, deletions and insertions over the active reference segments.</summary>
    public static Metric ErrorRate { get; } =
        new SegmentMetric("strong ER", "segment-based error rate at 1 s", own => own.ErrorRates.ErrorRate)
        {
            LowerIsBetter = true,
            IsFraction = false,
        };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Metric> All { get; } = [F, Precision, Recall, ErrorRate];

    private sealed class SegmentMetric(string name, string summary, Func<ScoreSheet, Rate> rate)
        : Metric(name, summary, needsEvents: true)
    {
        private protected override double Value(WeightedClips clips) => rate(clips.Segments.Scores().Overall).OrZero();
    }
}
