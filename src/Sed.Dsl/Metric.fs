namespace Sed

open Sed.Core.Scoring

/// A score of a detector on one split.
type Metric = Sed.Core.Scoring.Metric

/// The metrics by the names that scripts have for them. `Weak` scores tags of clips; `Strong` scores what is active in each
/// second (segment-based, 1 s); `Event` whole events. Averages are micro averages over all classes.
[<AutoOpen>]
module MetricWords =
    /// F-score of the tags.
    let WeakF = TagMetrics.F

    /// Precision of the tags.
    let WeakP = TagMetrics.Precision

    /// Recall of the tags.
    let WeakR = TagMetrics.Recall

    /// F-score of the tags that the weak output gives at 0.5, whatever the tags are otherwise taken from.
    let WeakOutputF = TagMetrics.WeakOutputF

    /// Segment-based F-score.
    let StrongF = SegmentMetrics.F

    /// Segment-based precision.
    let StrongP = SegmentMetrics.Precision

    /// Segment-based recall.
    let StrongR = SegmentMetrics.Recall

    /// Segment-based error rate: substitutions, deletions and insertions over the active reference segments. Lower is better.
    let StrongER = SegmentMetrics.ErrorRate

    /// Event-based F-score: onset within 0.2 s, offset within 0.2 s or half of the length.
    let EventF = EventMetrics.F

    /// Event-based error rate. Lower is better.
    let EventER = EventMetrics.ErrorRate

    /// Mean average precision of the tags; a clip's score is the largest of its frames.
    let MeanAP = RankingMetrics.MeanAveragePrecision

    /// Mean average precision of the tags; a clip's score is that of the weak output.
    let WeakOutputAP = RankingMetrics.WeakOutputMeanAveragePrecision

    /// Label-weighted label-ranking average precision of the tags.
    let Lwlrap = RankingMetrics.Lwlrap

    /// d-prime of the mean area under the ROC curves of the tags.
    let DPrime = RankingMetrics.DPrime

    /// F-score of the tags with the best threshold of each class.
    let BestWeakF = ThresholdMetrics.BestWeakF

    /// Segment-based F-score with the best threshold of each class.
    let BestStrongF = ThresholdMetrics.BestStrongF

    /// Polyphonic sound detection score, scenario 1: react fast, localise well.
    let Psds1 = PsdsMetrics.Scenario1

    /// Polyphonic sound detection score, scenario 2: do not confuse classes.
    let Psds2 = PsdsMetrics.Scenario2

    /// One metric, where a monitor is wanted.
    let Score (metric: Metric) : Monitor = Monitor.Score metric
