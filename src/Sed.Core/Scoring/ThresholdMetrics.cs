using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Scoring;

/// <summary>
/// F-scores with the threshold of each class at which it does best on the very clips that are scored: what a perfect choice of
/// thresholds could give, after the steps of decoding. Micro averages over all classes.
/// </summary>
public static class ThresholdMetrics
{
    /// <summary>F-score of the tags at the best thresholds; a clip's score is the largest of its frames.</summary>
    public static Metric BestWeakF { get; } =
        new BestF(
            "best weak F",
            "F-score of the tags with the best threshold of each class, micro average",
            needsEvents: false,
            clips => clips.TagCurves
        );

    /// <summary>Segment-based F-score at the best thresholds.</summary>
    public static Metric BestStrongF { get; } =
        new BestF(
            "best strong F",
            "segment-based F-score at 1 s with the best threshold of each class, micro average",
            needsEvents: true,
            clips => clips.SegmentCurves
        );

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Metric> All { get; } = [BestWeakF, BestStrongF];

    private sealed class BestF(
        string name,
        string summary,
        bool needsEvents,
        Func<WeightedClips, ThresholdCurves> curves
    ) : Metric(name, summary, needsEvents)
    {
        public override bool IsOfDecisions => false;
        public override int Resamples => FewResamples;

        private protected override double Value(WeightedClips clips) =>
            curves(clips).MicroAverage(own => own.BestF()!.Value.Threshold).F.OrZero();
    }
}
