using Sed.Core.Annotations;
using Sed.Core.Metrics.Calibration;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Frames;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;
using Sed.Core.Metrics.Thresholds;
using Sed.Core.Metrics.Uncertainty;

namespace Sed.Core.Scoring;

/// <summary>
/// The inputs of all metrics: decisions and scores of one system on a set of clips, compared with the reference. A
/// trial (<see cref="ScoredClips"/>) provides all inputs, or only those of clip-level metrics if its clips have no strong
/// labels. A list of events, tags or frame scores provides only some inputs. Counts and curves are computed on first use and
/// cached. Not thread-safe.
/// </summary>
public sealed class MetricInputs
{
    private readonly Dictionary<object, object> kept = [];

    internal MetricInputs() { }

    /// <summary>Number of clips.</summary>
    public required int Clips { get; init; }

    /// <summary>
    /// The independent units into which the clips are grouped. Bootstrap resampling draws whole units.
    /// </summary>
    public SamplingUnits Units =>
        field ??= UnitKeys.Count > 0 ? SamplingUnits.Of(UnitKeys) : SamplingUnits.OfClips(Clips);

    /// <summary>The key of each clip's independent unit. Empty (the default): each clip is a unit of its own.</summary>
    internal IReadOnlyList<string> UnitKeys { get; init; } = [];

    internal Lazy<IReadOnlyList<TaggingCounts>>? TagDecisions { get; init; }
    internal Lazy<IReadOnlyList<TaggingCounts>>? WeakOutputDecisions { get; init; }
    internal Lazy<EventPairs>? EventPairs { get; init; }
    internal Lazy<TagScores>? ClipScores { get; init; }
    internal Lazy<TagScores>? WeakOutputScores { get; init; }
    internal Lazy<ScorePairs>? ScorePairs { get; init; }

    /// <summary>
    /// The frame scores before the decoding steps. Null (the default): there are no steps, so these scores are the same as
    /// <see cref="ScorePairs"/>.
    /// </summary>
    internal Lazy<ScorePairs>? UndecodedPairs { get; init; }

    /// <summary>Creates inputs from lists of events, for segment-based and event-based metrics.</summary>
    /// <param name="pairs">
    /// Reference and estimated events. If they have labels outside the class list, only metrics with the basis <see
    /// cref="MetricBasis.Events"/> can be computed.
    /// </param>
    public static MetricInputs Of(EventPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return new MetricInputs { Clips = pairs.Count, EventPairs = new(pairs) };
    }

    /// <summary>Creates inputs from lists of tags.</summary>
    /// <param name="classes">The classes that are scored.</param>
    /// <param name="reference">The reference tags; the files of this list are the clips.</param>
    /// <param name="estimated">The estimated tags.</param>
    /// <exception cref="AnnotationException">A label is not in the class list.</exception>
    public static MetricInputs Of(ClassList classes, TagList reference, TagList estimated)
    {
        var counts = Tagging.CountEach(classes, reference, estimated);
        return new MetricInputs { Clips = counts.Length, TagDecisions = new(counts) };
    }

    /// <summary>
    /// Creates inputs from frame scores. The score of a class in a clip is the maximum of its frame scores.
    /// </summary>
    public static MetricInputs Of(ScorePairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return new MetricInputs
        {
            Clips = pairs.Count,
            ScorePairs = new(pairs),
            ClipScores = new(() => Metrics.Tags.TagScores.Of(pairs)),
        };
    }

    /// <summary>Whether metrics with this basis can be computed. Always false without clips.</summary>
    public bool Has(MetricBasis basis) =>
        Clips > 0
        && basis switch
        {
            MetricBasis.Tags => TagDecisions is not null,
            MetricBasis.WeakOutputTags => WeakOutputDecisions is not null,
            MetricBasis.Segments or MetricBasis.KnownEvents => EventPairs is { Value.HasUnknownLabels: false },
            MetricBasis.Events => EventPairs is not null,
            MetricBasis.TagScores => ClipScores is not null,
            MetricBasis.WeakOutput => WeakOutputScores is not null,
            MetricBasis.FrameScores => ScorePairs is not null,
            _ => false,
        };

    /// <summary>Assigns weights to the clips, for example those of a bootstrap resample.</summary>
    /// <param name="weights">How often each clip is counted, 0 or more, in the order of the clips.</param>
    public WeightedClips Weighted(int[] weights) => new(this, weights);

    /// <summary>The clips, each counted once.</summary>
    public WeightedClips Once() => new(this, CurveCounting.Once(Clips));

    /// <summary>The counts of correct and wrong tag decisions for each clip.</summary>
    public IReadOnlyList<TaggingCounts> TagCounts() => Given(TagDecisions).Value;

    /// <summary>The segment-based counts of each clip.</summary>
    /// <param name="options">Segment length; by default 1 s.</param>
    public IReadOnlyList<SegmentCounts> SegmentCounts(SegmentOptions? options = null)
    {
        options ??= new();
        return Kept<IReadOnlyList<SegmentCounts>>(
            options,
            () => SegmentBased.CountEach(Given(EventPairs).Value, options)
        );
    }

    /// <summary>The event-based counts of each clip.</summary>
    /// <param name="options">Criteria for matching events; by default onset and offset with a collar of 0.2 s.</param>
    public IReadOnlyList<EventCounts> EventCounts(EventOptions? options = null)
    {
        options ??= new();
        return Kept<IReadOnlyList<EventCounts>>(options, () => EventBased.CountEach(Given(EventPairs).Value, options));
    }

    /// <summary>The intersection-based counts of each clip.</summary>
    /// <param name="options">The criteria of intersection; by default DTC = GTC = 0.5.</param>
    public IReadOnlyList<IntersectionCounts> IntersectionCounts(PsdsOptions? options = null)
    {
        options ??= new();
        return Kept<IReadOnlyList<IntersectionCounts>>(
            (nameof(IntersectionCounts), options),
            () => Intersection.CountEach(Given(EventPairs).Value, options)
        );
    }

    /// <summary>The frame-based counts of each clip, computed from frame scores.</summary>
    public IReadOnlyList<FrameCounts> FrameCounts() =>
        Kept(nameof(FrameCounts), () => FrameBased.CountEach(Given(ScorePairs).Value));

    /// <summary>The frame-based counts of each clip, computed from events.</summary>
    public IReadOnlyList<FrameCounts> EventFrameCounts() =>
        Kept(nameof(EventFrameCounts), () => FrameBased.CountEach(Given(EventPairs).Value));

    /// <summary>
    /// The calibration counts of the frames of each clip, from the scores before the decoding steps.
    /// </summary>
    public IReadOnlyList<CalibrationCounts> FrameCalibrationCounts() =>
        Kept(nameof(FrameCalibrationCounts), () => CalibrationBased.CountEach(Undecoded));

    /// <summary>The calibration counts of each clip's weak output.</summary>
    public IReadOnlyList<CalibrationCounts> WeakOutputCalibrationCounts() =>
        Kept(nameof(WeakOutputCalibrationCounts), () => CalibrationBased.CountEach(Given(WeakOutputScores).Value));

    /// <summary>The scores and reference tags of each clip; a clip's scores are the maxima over its frames.</summary>
    public TagScores TagScores() => Given(ClipScores).Value;

    /// <summary>Segment-based counts at every threshold.</summary>
    /// <param name="segmentSeconds">Length of a segment in seconds. Default 1.</param>
    public CurveSweep SegmentSweep(double segmentSeconds = 1.0) =>
        Kept((nameof(SegmentSweep), segmentSeconds), () => SegmentBased.Sweep(Given(ScorePairs).Value, segmentSeconds));

    /// <summary>Prepares the exact PSDS over all thresholds for evaluation on bootstrap resamples.</summary>
    public ExactPsds Psds(PsdsOptions options) =>
        Kept(options, () => ExactPsds.PrepareForResampling(Given(ScorePairs).Value, options));

    /// <summary>
    /// Prepares the post-processing independent PSDS for evaluation on bootstrap resamples. It covers all thresholds
    /// and the default median filters, and is computed from the scores before the decoding steps.
    /// </summary>
    public PostProcessingIndependentPsds PiPsds(PsdsOptions options) =>
        Kept((nameof(PiPsds), options), () => PostProcessingIndependentPsds.Prepare(Undecoded, options));

    internal WeightedSum<TaggingCounts> TagSum => Sum(nameof(TagSum), TagCounts);
    internal WeightedSum<TaggingCounts> WeakOutputTagSum =>
        Sum(nameof(WeakOutputTagSum), () => Given(WeakOutputDecisions).Value);
    internal WeightedSum<SegmentCounts> SegmentSum => Sum(nameof(SegmentSum), () => SegmentCounts());

    internal WeightedSum<EventCounts> EventSum(EventOptions options) =>
        Sum((nameof(EventSum), options), () => EventCounts(options));

    internal WeightedSum<IntersectionCounts> IntersectionSum =>
        Sum(nameof(IntersectionSum), () => IntersectionCounts());
    internal WeightedSum<FrameCounts> FrameSum => Sum(nameof(FrameSum), FrameCounts);
    internal WeightedSum<CalibrationCounts> FrameCalibrationSum =>
        Sum(nameof(FrameCalibrationSum), FrameCalibrationCounts);
    internal WeightedSum<CalibrationCounts> WeakOutputCalibrationSum =>
        Sum(nameof(WeakOutputCalibrationSum), WeakOutputCalibrationCounts);
    internal WeightedSum<FrameCounts> EventFrameSum => Sum(nameof(EventFrameSum), EventFrameCounts);
    internal CurveSweep FrameSweep => Kept(nameof(FrameSweep), () => FrameCurves.Sweep(Given(ScorePairs).Value));
    internal CurveSweep TagSweep => Kept(nameof(TagSweep), () => TagScores().Sweep());
    internal CurveSweep WeakOutputSweep => Kept(nameof(WeakOutputSweep), () => Given(WeakOutputScores).Value.Sweep());

    private ScorePairs Undecoded => (UndecodedPairs ?? Given(ScorePairs)).Value;

    private WeightedSum<T> Sum<T>(object key, Func<IReadOnlyList<T>> counts)
        where T : Metrics.Counts.ICounts<T> => Kept(key, () => new WeightedSum<T>(counts()));

    private T Kept<T>(object key, Func<T> compute)
        where T : notnull
    {
        if (!kept.TryGetValue(key, out var found))
            kept[key] = found = compute();
        return (T)found;
    }

    private static T Given<T>(T? part)
        where T : class =>
        part ?? throw new InvalidOperationException("These inputs do not provide the data that this metric needs.");
}
