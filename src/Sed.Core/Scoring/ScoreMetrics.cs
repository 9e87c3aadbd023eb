using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Scoring;

/// <summary>Clip-level ranking metrics, which need no threshold.</summary>
public static class RankingMetrics
{
    /// <summary>
    /// Mean average precision (mAP): the mean over classes of the average precision. A clip's score is the maximum over
    /// its frames.
    /// </summary>
    public static Metric MeanAveragePrecision { get; } =
        new(
            "meanAP",
            "mAP",
            "mean average precision of the tags from the maximum frame score of each clip",
            MetricBasis.TagScores,
            clips => clips.TagCurves.MeanAveragePrecision()
        )
        {
            OfClass = (clips, label) => clips.TagCurves.Of(label).AveragePrecision(),
        };

    /// <summary>Mean average precision of the weak output.</summary>
    public static Metric WeakOutputMeanAveragePrecision { get; } =
        new(
            "weakOutputAP",
            "weak output mAP",
            "mean average precision of the tags from the weak output",
            MetricBasis.WeakOutput,
            clips => clips.WeakOutputCurves.MeanAveragePrecision()
        )
        {
            OfClass = (clips, label) => clips.WeakOutputCurves.Of(label).AveragePrecision(),
        };

    /// <summary>Label-weighted label-ranking average precision (Fonseca et al. 2019; DCASE 2019 Task 2).</summary>
    public static Metric Lwlrap { get; } =
        new(
            "lwlrap",
            "lwlrap",
            "label-weighted label-ranking average precision of the tags",
            MetricBasis.TagScores,
            clips => clips.TagScores.Lwlrap()
        );

    /// <summary>d-prime of the mean area under the ROC curves of the classes (Gemmeke et al. 2017).</summary>
    public static Metric DPrime { get; } =
        new(
            "dPrime",
            "d-prime",
            "d-prime of the mean area under the ROC curves of the tags",
            MetricBasis.TagScores,
            clips => ThresholdCurve.DPrime(clips.TagCurves.MeanRocArea())
        )
        {
            IsFraction = false,
        };

    /// <summary>All ranking metrics.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [MeanAveragePrecision, WeakOutputMeanAveragePrecision, Lwlrap, DPrime];
}

/// <summary>
/// F1 with the best threshold of each class. Each threshold maximises the F1 of its class on the scored clips
/// themselves, so the values are optimistic. No other choice of thresholds gives a higher macro average. Computed from
/// the scores after decoding (sed_scores_eval; Ebbers et al. 2022). Micro averages are over all classes, macro averages
/// over the classes with reference events.
/// </summary>
public static class ThresholdMetrics
{
    /// <summary>Clip-level F1 with the best thresholds. A clip's score is the maximum over its frames.</summary>
    public static Metric BestWeakF { get; } =
        new(
            "bestWeakF",
            "best weak F",
            "F-score of the tags with the best threshold of each class, micro average",
            MetricBasis.TagScores,
            clips => BestF(clips.TagCurves)
        );

    /// <summary>Segment-based F1 (1 s) with the best thresholds.</summary>
    public static Metric BestStrongF { get; } =
        new(
            "bestStrongF",
            "best strong F",
            "segment-based F-score at 1 s with the best threshold of each class, micro average",
            MetricBasis.FrameScores,
            clips => BestF(clips.SegmentCurves)
        );

    /// <summary>
    /// Segment-based F1 (1 s) with the best thresholds, macro average over the classes with reference events, as in the
    /// evaluation of DCASE 2024 Task 4 on MAESTRO.
    /// </summary>
    public static Metric BestStrongMacroF { get; } =
        new(
            "bestStrongMacroF",
            "best strong macro F",
            "segment-based F-score at 1 s with the best threshold of each class, macro average",
            MetricBasis.FrameScores,
            clips => clips.SegmentCurves.MacroAverage(BestThreshold).F
        )
        {
            Averaged = clips => clips.SegmentCurves.ReferenceClasses,
            OfClass = (clips, label) => BestFOfClass(clips.SegmentCurves.Of(label)),
        };

    /// <summary>All metrics at the best thresholds.</summary>
    public static IReadOnlyList<Metric> All { get; } = [BestWeakF, BestStrongF, BestStrongMacroF];

    private static Rate BestF(ThresholdCurves curves) => curves.MicroAverage(BestThreshold).F;

    private static Rate BestFOfClass(ThresholdCurve curve) =>
        curve.FMeasureAt(curve.BestF() is { } best ? best.Threshold : 0).F;

    private static double BestThreshold(ThresholdCurve curve) => curve.BestF()!.Value.Threshold;
}

/// <summary>Areas under the ROC curves of frames and of segments, from the scores after decoding.</summary>
public static class RocMetrics
{
    // As in the evaluation of DCASE 2024 Task 4.
    private const double MaxFalsePositiveRate = 0.1;

    /// <summary>
    /// Mean area under the ROC curves of the frames: the probability that a frame with an event of the class has a
    /// higher score than a frame without one (ties count one half; as in scikit-learn). A frame is positive if an event
    /// covers its centre. The mean is over the classes with positive and negative frames. For uninformative scores, the
    /// area is 0.5.
    /// </summary>
    public static Metric FrameArea { get; } =
        new(
            "frameAuc",
            "frame AUC",
            "area under the ROC curve of frames, mean over the classes",
            MetricBasis.FrameScores,
            clips => clips.FrameCurves.MeanRocArea()
        )
        {
            Averaged = clips => WithRocArea(clips.FrameCurves),
            OfClass = (clips, label) => clips.FrameCurves.Of(label).RocArea(),
        };

    /// <summary>
    /// Mean partial area under the ROC curves (mpAUC) of 1 s segments, up to a false positive rate of 0.1 and divided
    /// by this rate, as in the evaluation of DCASE 2024 Task 4 on MAESTRO. The mean is over the classes with positive
    /// and negative segments. The values agree with sed_scores_eval (<see cref="RocTies.AsSedScoresEval"/>).
    /// </summary>
    public static Metric MeanPartialArea { get; } =
        new(
            "mpAUC",
            "mpAUC",
            "partial area under the ROC curve of segments of 1 s, false positive rate up to 0.1, macro average",
            MetricBasis.FrameScores,
            clips => clips.SegmentCurves.MeanPartialRocArea(MaxFalsePositiveRate, RocTies.AsSedScoresEval)
        )
        {
            Averaged = clips => WithRocArea(clips.SegmentCurves),
            OfClass = (clips, label) =>
                clips.SegmentCurves.Of(label).RocArea(RocTies.AsSedScoresEval, MaxFalsePositiveRate),
        };

    /// <summary>All areas under ROC curves of frames and segments.</summary>
    public static IReadOnlyList<Metric> All { get; } = [FrameArea, MeanPartialArea];

    private static IReadOnlyList<string> WithRocArea(ThresholdCurves curves) =>
        [.. curves.PerClass.Where(curve => curve.RocArea().IsDefined).Select(curve => curve.Label)];
}

/// <summary>
/// The polyphonic sound detection score (Bilen et al. 2020). It is computed from the scores after decoding and is exact
/// over all thresholds (sed_scores_eval; Ebbers et al. 2022).
/// </summary>
public static class PsdsMetrics
{
    /// <summary>Scenario 1 of DCASE 2021 to 2023 Task 4: rewards exact onsets and offsets.</summary>
    public static Metric Scenario1 { get; } =
        Psds("psds1", "PSDS1", "polyphonic sound detection score, scenario 1", PsdsOptions.Scenario1);

    /// <summary>Scenario 2 of DCASE 2021 to 2023 Task 4: penalises confusion between classes.</summary>
    public static Metric Scenario2 { get; } =
        Psds("psds2", "PSDS2", "polyphonic sound detection score, scenario 2", PsdsOptions.Scenario2);

    /// <summary>
    /// Post-processing independent PSDS (piPSDS; Ebbers, Haeb-Umbach and Serizel 2023), scenario 1. The decoding steps
    /// are replaced by median filters of 0 (none), 0.2, ..., 2 s. At each false positive rate, each class has the true
    /// positive rate of its best filter.
    /// </summary>
    public static Metric PiScenario1 { get; } = PiPsds("piPsds1", "piPSDS1", PsdsOptions.Scenario1, Scenario1);

    /// <summary>Post-processing independent PSDS, scenario 2.</summary>
    public static Metric PiScenario2 { get; } = PiPsds("piPsds2", "piPSDS2", PsdsOptions.Scenario2, Scenario2);

    /// <summary>PSDS and piPSDS in both scenarios.</summary>
    public static IReadOnlyList<Metric> All { get; } = [Scenario1, Scenario2, PiScenario1, PiScenario2];

    private static Metric Psds(string key, string name, string summary, PsdsOptions options) =>
        new(key, name, summary, MetricBasis.FrameScores, clips => clips.Psds(options).Value)
        {
            OfClass = (clips, label) => clips.Psds(options).Of(label),
        };

    private static Metric PiPsds(string key, string name, PsdsOptions options, Metric plain) =>
        new(
            key,
            name,
            $"{plain.Summary}, with the best median filter at each false positive rate",
            MetricBasis.FrameScores,
            clips => clips.PiPsds(options).Value
        )
        {
            OfClass = (clips, label) => clips.PiPsds(options).Of(label),
        };
}

/// <summary>
/// Expected calibration error (ECE; Guo et al. 2017): the ECE of each class's binary decision, averaged over the
/// classes, with 15 bins of equal width (class-wise ECE; Kull et al. 2019).
/// </summary>
public static class CalibrationMetrics
{
    /// <summary>ECE of the weak output: each clip is one prediction for each class.</summary>
    public static Metric WeakOutputError { get; } =
        new(
            "weakOutputEce",
            "weak output ECE",
            "expected calibration error of the weak output, 15 bins, mean over the classes",
            MetricBasis.WeakOutput,
            clips => clips.WeakOutputCalibration.MeanError()
        )
        {
            OfClass = (clips, label) => clips.WeakOutputCalibration.Error(label),
            LowerIsBetter = true,
        };

    /// <summary>
    /// ECE of the frame probabilities before the decoding steps: each frame is one prediction for each class, and it is
    /// positive if an event covers its centre.
    /// </summary>
    public static Metric FrameError { get; } =
        new(
            "frameEce",
            "frame ECE",
            "expected calibration error of the frame scores, 15 bins, mean over the classes",
            MetricBasis.FrameScores,
            clips => clips.FrameCalibration.MeanError()
        )
        {
            OfClass = (clips, label) => clips.FrameCalibration.Error(label),
            LowerIsBetter = true,
        };

    /// <summary>All calibration errors.</summary>
    public static IReadOnlyList<Metric> All { get; } = [WeakOutputError, FrameError];
}
