namespace Sed

open Sed.Core.Scoring

/// A metric of a detector on one split.
type Metric = Sed.Core.Scoring.Metric

/// Metrics. Names begin with `Weak` for clip-level (tagging) metrics, with `Strong` for segment-based metrics (1 s),
/// and with `Event` for event-based metrics. F-scores, precision and recall are micro averages over all classes. If the
/// name contains `Macro`, the average is a macro average over the classes with reference events, and a class that is
/// never detected counts as 0.
[<AutoOpen>]
module MetricWords =
    /// Clip-level F1 (Mesaros et al. 2016).
    let WeakF = TagMetrics.F

    /// Clip-level precision.
    let WeakP = TagMetrics.Precision

    /// Clip-level recall.
    let WeakR = TagMetrics.Recall

    /// Clip-level F1 of the weak output at threshold 0.5, even if the clips' tags are taken from the events.
    let WeakOutputF = TagMetrics.WeakOutputF

    /// Segment-based F1 at 1 s (sed_eval; Mesaros et al. 2016).
    let StrongF = SegmentMetrics.F

    /// Segment-based precision at 1 s.
    let StrongP = SegmentMetrics.Precision

    /// Segment-based recall at 1 s.
    let StrongR = SegmentMetrics.Recall

    /// Segment-based error rate at 1 s: substitutions, deletions and insertions over active reference segments. Lower
    /// is better.
    let StrongER = SegmentMetrics.ErrorRate

    /// Segment-based F1 at 1 s, macro average.
    let StrongMacroF = SegmentMetrics.MacroF

    /// Event-based F1 (sed_eval; Mesaros et al. 2016): onsets within 0.2 s, offsets within 0.2 s or half of the event's
    /// length, whichever is longer.
    let EventF = EventMetrics.F

    /// Event-based error rate. Lower is better.
    let EventER = EventMetrics.ErrorRate

    /// Event-based F1, macro average.
    let EventMacroF = EventMetrics.MacroF

    /// Event-based F1 as in DCASE 2019 to 2024 Task 4, macro average: onsets within 0.2 s, offsets within 0.2 s or 20 %
    /// of the event's length, whichever is longer.
    let EventMacroF20 = EventMetrics.MacroF20

    /// Intersection-based F1 (Bilen et al. 2020; sed_scores_eval): a detection is correct if at least half of it
    /// overlaps reference events of its class; a reference event is found if correct detections cover at least half of
    /// it.
    let IntersectionF = IntersectionMetrics.F

    /// Intersection-based F1, macro average.
    let IntersectionMacroF = IntersectionMetrics.MacroF

    /// Frame error of the detected events: the fraction of frames of 10 ms with a wrong class. "No event" counts as a
    /// class. Lower is better.
    let EventFrameError = FrameMetrics.EventError

    /// Frame error of the scores: the fraction of frames of 10 ms with a wrong class. The estimate is the argmax over
    /// the classes and "no event". Lower is better.
    let FrameError = FrameMetrics.Error

    /// Mean average precision (mAP) of the tags. A clip's score is the maximum of its frame scores.
    let MeanAP = RankingMetrics.MeanAveragePrecision

    /// Mean average precision (mAP) of the tags. A clip's score is the weak output.
    let WeakOutputAP = RankingMetrics.WeakOutputMeanAveragePrecision

    /// Label-weighted label-ranking average precision of the tags (Fonseca et al. 2019; DCASE 2019 Task 2).
    let Lwlrap = RankingMetrics.Lwlrap

    /// d-prime of the mean area under the ROC curves of the tags (Gemmeke et al. 2017).
    let DPrime = RankingMetrics.DPrime

    /// Clip-level F1 with the best threshold of each class on the scored clips.
    let BestWeakF = ThresholdMetrics.BestWeakF

    /// Segment-based F1 (1 s) with the best threshold of each class on the scored clips.
    let BestStrongF = ThresholdMetrics.BestStrongF

    /// Segment-based F1 (1 s) with the best threshold of each class on the scored clips, macro average, as in DCASE
    /// 2024 Task 4 on MAESTRO.
    let BestStrongMacroF = ThresholdMetrics.BestStrongMacroF

    /// Area under the ROC curve of the frames (AUC), mean over the classes: the probability that a frame with an event
    /// has a higher score than a frame without one, after the decoding steps. A constant score has 0.5.
    let FrameAuc = RocMetrics.FrameArea

    /// Partial area under the ROC curve of segments of 1 s, as in DCASE 2024 Task 4 on MAESTRO: the area up to a false
    /// positive rate of 0.1, divided by 0.1. Mean over the classes.
    let MpAuc = RocMetrics.MeanPartialArea

    /// Polyphonic sound detection score (Bilen et al. 2020; Ebbers et al. 2022), scenario 1: rewards exact onsets and
    /// offsets.
    let Psds1 = PsdsMetrics.Scenario1

    /// Polyphonic sound detection score, scenario 2: penalises confusion between classes.
    let Psds2 = PsdsMetrics.Scenario2

    /// Post-processing independent PSDS (piPSDS; Ebbers, Haeb-Umbach and Serizel 2023), scenario 1: PSDS with the best
    /// of several median filters (none, or 0.2 to 2 s in steps of 0.2 s), chosen for each class and each false positive
    /// rate. The decoding steps of `detection` are not applied.
    let PiPsds1 = PsdsMetrics.PiScenario1

    /// Post-processing independent PSDS, scenario 2.
    let PiPsds2 = PsdsMetrics.PiScenario2

    /// Expected calibration error (ECE; Guo et al. 2017) of the weak output: 15 bins of equal width, mean over the
    /// classes. Lower is better.
    let WeakOutputEce = CalibrationMetrics.WeakOutputError

    /// Expected calibration error of the frame probabilities before the decoding steps: 15 bins of equal width, mean
    /// over the classes. Lower is better.
    let FrameEce = CalibrationMetrics.FrameError

    /// Makes a metric the criterion of early stopping, for example in `vary Monitor [ Score WeakF; Score StrongF ]`.
    let Score (metric: Metric) : Monitor = Monitor.Score metric
