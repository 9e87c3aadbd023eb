using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Scoring;

/// <summary>Metrics of how clips and classes are ranked, which need no threshold. A clip's score is the largest of its frames.</summary>
public static class RankingMetrics
{
    /// <summary>Mean over the classes of the average precision.</summary>
    public static Metric MeanAveragePrecision { get; } =
        new RankingMetric(
            "mAP",
            "mean average precision of the tags, a clip scored by its largest frame",
            clips => clips.TagCurves.Mean(own => own.AveragePrecision()).OrZero()
        );

    /// <summary>The same of the weak output.</summary>
    public static Metric WeakOutputMeanAveragePrecision { get; } =
        new RankingMetric(
            "weak output mAP",
            "mean average precision of the tags, a clip scored by the weak output",
            clips => clips.WeakOutputCurves.Mean(own => own.AveragePrecision()).OrZero()
        );

    /// <summary>Label-weighted label-ranking average precision.</summary>
    public static Metric Lwlrap { get; } =
        new RankingMetric(
            "lwlrap",
            "label-weighted label-ranking average precision of the tags",
            clips => clips.TagScores.Lwlrap().OrZero()
        );

    /// <summary>d-prime of the mean area under the classes' ROC curves.</summary>
    public static Metric DPrime { get; } =
        new RankingMetric(
            "d-prime",
            "d-prime of the mean area under the ROC curves of the tags",
            clips => ThresholdCurve.DPrime(clips.TagCurves.Mean(own => own.RocArea())).OrZero()
        )
        {
            IsFraction = false,
        };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [MeanAveragePrecision, WeakOutputMeanAveragePrecision, Lwlrap, DPrime];

    private sealed class RankingMetric(string name, string summary, Func<WeightedClips, double> value)
        : Metric(name, summary, needsEvents: false)
    {
        public override bool IsOfDecisions => false;
        public override int Resamples => FewResamples;

        private protected override double Value(WeightedClips clips) => value(clips);
    }
}
