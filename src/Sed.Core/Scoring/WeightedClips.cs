using Sed.Core.Metrics.Calibration;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Frames;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Scoring;

/// <summary>
/// The inputs of metrics with a weight per clip: all clips with weight 1, or a bootstrap resample. Intermediate results
/// are computed once and shared between metrics.
/// </summary>
public sealed class WeightedClips
{
    private static readonly EventOptions standardCollar = new();

    private readonly int[] weights;
    private readonly Dictionary<EventOptions, EventCounts> events = [];
    private readonly Dictionary<(PsdsOptions Options, bool IsIndependent), PsdsResult> psds = [];
    private readonly Lazy<TaggingCounts> tagging;
    private readonly Lazy<TaggingCounts> weakOutputTagging;
    private readonly Lazy<SegmentCounts> segments;
    private readonly Lazy<IntersectionCounts> intersections;
    private readonly Lazy<FrameCounts> frames;
    private readonly Lazy<FrameCounts> eventFrames;
    private readonly Lazy<ThresholdCurves> frameCurves;
    private readonly Lazy<ThresholdCurves> segmentCurves;
    private readonly Lazy<ThresholdCurves> tagCurves;
    private readonly Lazy<ThresholdCurves> weakOutputCurves;

    internal WeightedClips(MetricInputs inputs, int[] weights)
    {
        Inputs = inputs;
        this.weights = weights;
        tagging = new(() => inputs.TagSum.Of(weights));
        weakOutputTagging = new(() => inputs.WeakOutputTagSum.Of(weights));
        segments = new(() => inputs.SegmentSum.Of(weights));
        intersections = new(() => inputs.IntersectionSum.Of(weights));
        frames = new(() => inputs.FrameSum.Of(weights));
        eventFrames = new(() => inputs.EventFrameSum.Of(weights));
        frameCurves = new(() => inputs.FrameSweep.Of(weights));
        segmentCurves = new(() => SegmentCurvesOf(1.0));
        tagCurves = new(() => inputs.TagSweep.Of(weights));
        weakOutputCurves = new(() => inputs.WeakOutputSweep.Of(weights));
    }

    /// <summary>The inputs without weights.</summary>
    public MetricInputs Inputs { get; }

    /// <summary>Counts of the tag decisions (<see cref="MetricBasis.Tags"/>).</summary>
    public TaggingCounts Tagging => tagging.Value;

    /// <summary>
    /// Counts of the weak output's tag decisions at threshold 0.5 (<see cref="MetricBasis.WeakOutputTags"/>).
    /// </summary>
    public TaggingCounts WeakOutputTagging => weakOutputTagging.Value;

    /// <summary>Counts of the segments of 1 s (<see cref="MetricBasis.Segments"/>).</summary>
    public SegmentCounts Segments => segments.Value;

    /// <summary>Counts of the events with a collar of 0.2 s (<see cref="MetricBasis.Events"/>).</summary>
    public EventCounts Events => EventsOf(standardCollar);

    /// <summary>Counts of the events with the given criteria (<see cref="MetricBasis.Events"/>).</summary>
    public EventCounts EventsOf(EventOptions options)
    {
        if (!events.TryGetValue(options, out var counts))
            events[options] = counts = Inputs.EventSum(options).Of(weights);
        return counts;
    }

    /// <summary>
    /// Intersection-based counts of the events, DTC = GTC = 0.5 (<see cref="MetricBasis.KnownEvents"/>).
    /// </summary>
    public IntersectionCounts Intersections => intersections.Value;

    /// <summary>
    /// Counts of frames of 10 ms with one class each, from frame scores (<see cref="MetricBasis.FrameScores"/>).
    /// </summary>
    public FrameCounts Frames => frames.Value;

    /// <summary>
    /// Counts of frames of 10 ms with one class each, from events (<see cref="MetricBasis.KnownEvents"/>).
    /// </summary>
    public FrameCounts EventFrames => eventFrames.Value;

    /// <summary>
    /// Counts of the tags at every threshold of the clip scores (<see cref="MetricBasis.TagScores"/>).
    /// </summary>
    public ThresholdCurves TagCurves => tagCurves.Value;

    /// <summary>
    /// The clip scores. The scores of each clip are repeated as many times as its weight (<see
    /// cref="MetricBasis.TagScores"/>).
    /// </summary>
    public TagScores TagScores => Inputs.TagScores().Weighted(weights);

    /// <summary>
    /// Counts of the tags at every threshold of the weak output (<see cref="MetricBasis.WeakOutput"/>).
    /// </summary>
    public ThresholdCurves WeakOutputCurves => weakOutputCurves.Value;

    /// <summary>
    /// Counts of the frames at every threshold, each class a separate decision (<see cref="MetricBasis.FrameScores"/>).
    /// </summary>
    public ThresholdCurves FrameCurves => frameCurves.Value;

    /// <summary>Counts of the segments of 1 s at every threshold (<see cref="MetricBasis.FrameScores"/>).</summary>
    public ThresholdCurves SegmentCurves => segmentCurves.Value;

    /// <summary>Counts of segments at every threshold (<see cref="MetricBasis.FrameScores"/>).</summary>
    /// <param name="segmentSeconds">Length of a segment in seconds, positive.</param>
    public ThresholdCurves SegmentCurvesOf(double segmentSeconds) => Inputs.SegmentSweep(segmentSeconds).Of(weights);

    /// <summary>
    /// Calibration counts of the frames, from the scores before the decoding steps (<see cref="MetricBasis.FrameScores"/>).
    /// </summary>
    public CalibrationCounts FrameCalibration => Inputs.FrameCalibrationSum.Of(weights);

    /// <summary>Calibration counts of the weak output (<see cref="MetricBasis.WeakOutput"/>).</summary>
    public CalibrationCounts WeakOutputCalibration => Inputs.WeakOutputCalibrationSum.Of(weights);

    /// <summary>The polyphonic sound detection score (<see cref="MetricBasis.FrameScores"/>).</summary>
    public PsdsResult Psds(PsdsOptions options) => Kept(options, false, () => Inputs.Psds(options).Evaluate(weights));

    /// <summary>
    /// The post-processing independent PSDS, from the scores before the decoding steps (<see
    /// cref="MetricBasis.FrameScores"/>).
    /// </summary>
    public PsdsResult PiPsds(PsdsOptions options) =>
        Kept(options, true, () => Inputs.PiPsds(options).Evaluate(weights));

    private PsdsResult Kept(PsdsOptions options, bool isIndependent, Func<PsdsResult> compute)
    {
        if (!psds.TryGetValue((options, isIndependent), out var result))
            psds[(options, isIndependent)] = result = compute();
        return result;
    }
}
