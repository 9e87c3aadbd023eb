using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Scoring;

/// <summary>
/// Scored clips, each of which stands in the corpus as often as its weight says: the corpus itself, or a resample of it. What
/// several metrics look at is worked out once.
/// </summary>
public sealed class WeightedClips
{
    private readonly int[] weights;
    private readonly Lazy<TaggingCounts> tagging;
    private readonly Lazy<TaggingCounts> weakOutputTagging;
    private readonly Lazy<SegmentCounts> segments;
    private readonly Lazy<EventCounts> events;
    private readonly Lazy<ThresholdCurves> tagCurves;
    private readonly Lazy<ThresholdCurves> weakOutputCurves;

    internal WeightedClips(ScoredClips scored, int[] weights)
    {
        Scored = scored;
        this.weights = weights;
        tagging = new(() => scored.Tagging.Value.Of(weights));
        weakOutputTagging = new(() => scored.WeakOutputTagging.Value.Of(weights));
        segments = new(() => scored.Segments.Value.Of(weights));
        events = new(() => scored.EventCounts.Value.Of(weights));
        tagCurves = new(() => scored.TagSweep.Value.Of(weights));
        weakOutputCurves = new(() => scored.WeakOutputSweep.Value.Of(weights));
    }

    /// <summary>The clips.</summary>
    public ScoredClips Scored { get; }

    /// <summary>Decisions about the tags.</summary>
    public TaggingCounts Tagging => tagging.Value;

    /// <summary>Decisions about the tags that the weak output gives at 0.5.</summary>
    public TaggingCounts WeakOutputTagging => weakOutputTagging.Value;

    /// <summary>Decisions about what is active in each second; the events of all clips have to be known.</summary>
    public SegmentCounts Segments => segments.Value;

    /// <summary>Decisions about whole events; the events of all clips have to be known.</summary>
    public EventCounts Events => events.Value;

    /// <summary>The tags at every threshold, a clip scored by the largest of its frames.</summary>
    public ThresholdCurves TagCurves => tagCurves.Value;

    /// <summary>The tags at every threshold, a clip scored by the weak output.</summary>
    public ThresholdCurves WeakOutputCurves => weakOutputCurves.Value;

    /// <summary>What is active in each second, at every threshold; the events of all clips have to be known.</summary>
    public ThresholdCurves SegmentCurves => Scored.SegmentSweep.Value.Of(weights);

    /// <summary>The clips' tag scores, a clip scored by the largest of its frames.</summary>
    public TagScores TagScores => Scored.TagScores.Value.Weighted(weights);

    /// <summary>The polyphonic sound detection score; the events of all clips have to be known.</summary>
    public PsdsResult Psds(PsdsOptions options) => Scored.Psds(options, weights);
}
