using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Tags;

namespace Sed.Core.Scoring;

/// <summary>Clip-level (tagging) metrics: micro averages over all classes (Mesaros et al. 2016).</summary>
public static class TagMetrics
{
    /// <summary>Clip-level F1.</summary>
    public static Metric F { get; } =
        new("weakF", "weak F", "F-score of the tags, micro average", MetricBasis.Tags, Of(own => own.F));

    /// <summary>Clip-level precision.</summary>
    public static Metric Precision { get; } =
        new("weakP", "weak P", "precision of the tags, micro average", MetricBasis.Tags, Of(own => own.Precision));

    /// <summary>Clip-level recall.</summary>
    public static Metric Recall { get; } =
        new("weakR", "weak R", "recall of the tags, micro average", MetricBasis.Tags, Of(own => own.Recall));

    /// <summary>
    /// Clip-level F1 of the weak output at threshold 0.5. It always uses the weak output, even if the tags for the
    /// other metrics are taken from the detected events (<see cref="Detection.TagSource.Events"/>).
    /// </summary>
    public static Metric WeakOutputF { get; } =
        new(
            "weakOutputF",
            "weak output F",
            "F-score of the weak output's tags at threshold 0.5, micro average",
            MetricBasis.WeakOutputTags,
            clips => clips.WeakOutputTagging.Scores().Micro.F
        );

    /// <summary>All clip-level metrics of decisions.</summary>
    public static IReadOnlyList<Metric> All { get; } = [F, Precision, Recall, WeakOutputF];

    private static Func<WeightedClips, Rate> Of(Func<FMeasure, Rate> rate) =>
        clips => rate(clips.Tagging.Scores().Micro);
}

/// <summary>
/// Segment-based metrics with segments of 1 s (sed_eval; Mesaros et al. 2016). Micro averages are over all classes,
/// macro averages over the classes with reference events.
/// </summary>
public static class SegmentMetrics
{
    /// <summary>Segment-based F1.</summary>
    public static Metric F { get; } =
        new(
            "strongF",
            "strong F",
            "segment-based F-score at 1 s, micro average",
            MetricBasis.Segments,
            Of(own => own.FMeasure.F)
        );

    /// <summary>Segment-based precision.</summary>
    public static Metric Precision { get; } =
        new(
            "strongP",
            "strong P",
            "segment-based precision at 1 s, micro average",
            MetricBasis.Segments,
            Of(own => own.FMeasure.Precision)
        );

    /// <summary>Segment-based recall.</summary>
    public static Metric Recall { get; } =
        new(
            "strongR",
            "strong R",
            "segment-based recall at 1 s, micro average",
            MetricBasis.Segments,
            Of(own => own.FMeasure.Recall)
        );

    /// <summary>
    /// Segment-based error rate: the sum of substitutions, deletions and insertions, divided by the number of active
    /// reference segments.
    /// </summary>
    public static Metric ErrorRate { get; } =
        new(
            "strongER",
            "strong ER",
            "segment-based error rate at 1 s",
            MetricBasis.Segments,
            Of(own => own.ErrorRates.ErrorRate)
        )
        {
            LowerIsBetter = true,
            IsFraction = false,
        };

    /// <summary>
    /// Segment-based F1, macro average over the classes with reference events. A class without detections has F1 0.
    /// </summary>
    public static Metric MacroF { get; } =
        new(
            "strongMacroF",
            "strong macro F",
            "segment-based F-score at 1 s, macro average over the classes with reference events",
            MetricBasis.Segments,
            clips => clips.Segments.MacroF
        )
        {
            Averaged = clips => clips.Segments.ReferenceClasses,
        };

    /// <summary>All segment-based metrics of decisions.</summary>
    public static IReadOnlyList<Metric> All { get; } = [F, Precision, Recall, ErrorRate, MacroF];

    private static Func<WeightedClips, Rate> Of(Func<ScoreSheet, Rate> rate) =>
        clips => rate(clips.Segments.Scores().Overall);
}

/// <summary>
/// Event-based metrics (sed_eval; Mesaros et al. 2016). Onsets must agree within 0.2 s, offsets within 0.2 s or half of
/// the reference event's length, whichever is larger, unless a metric states otherwise. Micro averages are over all
/// classes, macro averages over the classes with reference events.
/// </summary>
public static class EventMetrics
{
    private static readonly EventOptions shortCollar = new() { PercentageOfLength = 0.2 };

    /// <summary>Event-based F1.</summary>
    public static Metric F { get; } =
        new(
            "eventF",
            "event F",
            "event-based F-score, collar 0.2 s, micro average",
            MetricBasis.Events,
            Of(own => own.FMeasure.F)
        );

    /// <summary>
    /// Event-based error rate: the sum of substitutions, deletions and insertions, divided by the number of reference
    /// events.
    /// </summary>
    public static Metric ErrorRate { get; } =
        new(
            "eventER",
            "event ER",
            "event-based error rate, collar 0.2 s",
            MetricBasis.Events,
            Of(own => own.ErrorRates.ErrorRate)
        )
        {
            LowerIsBetter = true,
            IsFraction = false,
        };

    /// <summary>
    /// Event-based F1, macro average over the classes with reference events. A class without detections has F1 0.
    /// </summary>
    public static Metric MacroF { get; } =
        new(
            "eventMacroF",
            "event macro F",
            "event-based F-score, collar 0.2 s, macro average over the classes with reference events",
            MetricBasis.Events,
            clips => clips.Events.MacroF
        )
        {
            OfClass = (clips, label) => clips.Events.FOf(label),
            Averaged = clips => clips.Events.ReferenceClasses,
        };

    /// <summary>
    /// Event-based F1 as in DCASE 2019 to 2024 Task 4, macro average over the classes with reference events: offsets must
    /// agree within 0.2 s or 20 % of the reference event's length, whichever is larger.
    /// </summary>
    public static Metric MacroF20 { get; } =
        new(
            "eventMacroF20",
            "event macro F 20 %",
            "event-based F-score, collar 0.2 s or, for offsets, 20 % of the event, macro average over the classes with reference events",
            MetricBasis.Events,
            clips => clips.EventsOf(shortCollar).MacroF
        )
        {
            OfClass = (clips, label) => clips.EventsOf(shortCollar).FOf(label),
            Averaged = clips => clips.EventsOf(shortCollar).ReferenceClasses,
        };

    /// <summary>All event-based metrics.</summary>
    public static IReadOnlyList<Metric> All { get; } = [F, ErrorRate, MacroF, MacroF20];

    private static Func<WeightedClips, Rate> Of(Func<ScoreSheet, Rate> rate) =>
        clips => rate(clips.Events.Scores().Overall);
}

/// <summary>
/// Intersection-based metrics of events (Bilen et al. 2020; sed_scores_eval): a detection is valid if at least half of
/// it overlaps reference events of its class (DTC = 0.5), and a reference event is found if valid detections cover at
/// least half of it (GTC = 0.5), as in the baselines of DCASE 2021 to 2024 Task 4.
/// </summary>
public static class IntersectionMetrics
{
    /// <summary>Intersection-based F1, micro average over all classes.</summary>
    public static Metric F { get; } =
        new(
            "intersectionF",
            "intersection F",
            "intersection-based F-score, DTC = GTC = 0.5, micro average",
            MetricBasis.KnownEvents,
            clips => clips.Intersections.Micro.F
        );

    /// <summary>
    /// Intersection-based F1, macro average over the classes with reference events. A class without detections has F1
    /// 0.
    /// </summary>
    public static Metric MacroF { get; } =
        new(
            "intersectionMacroF",
            "intersection macro F",
            "intersection-based F-score, DTC = GTC = 0.5, macro average over the classes with reference events",
            MetricBasis.KnownEvents,
            clips => clips.Intersections.MacroF
        )
        {
            OfClass = (clips, label) => clips.Intersections.FOf(label),
            Averaged = clips => clips.Intersections.ReferenceClasses,
        };

    /// <summary>All intersection-based metrics of decisions.</summary>
    public static IReadOnlyList<Metric> All { get; } = [F, MacroF];
}

/// <summary>
/// Frame error: the fraction of 10 ms frames whose estimated class is wrong (<see cref="Metrics.Frames.FrameBased"/>).
/// Each frame has exactly one class; "no event" counts as a class.
/// </summary>
public static class FrameMetrics
{
    /// <summary>
    /// Frame error of the detected events. If events overlap, the first class in class order is the estimate.
    /// </summary>
    public static Metric EventError { get; } =
        new(
            "eventFrameError",
            "event frame error",
            "fraction of 10 ms frames whose detected class is wrong ('no event' counts as a class)",
            MetricBasis.KnownEvents,
            clips => clips.EventFrames.Error
        )
        {
            LowerIsBetter = true,
        };

    /// <summary>Frame error of the scores: the estimate is the argmax over the classes and "no event".</summary>
    public static Metric Error { get; } =
        new(
            "frameError",
            "frame error",
            "fraction of 10 ms frames whose class with the largest score is wrong ('no event' counts as a class)",
            MetricBasis.FrameScores,
            clips => clips.Frames.Error
        )
        {
            LowerIsBetter = true,
        };

    /// <summary>All frame-based metrics.</summary>
    public static IReadOnlyList<Metric> All { get; } = [EventError, Error];
}
