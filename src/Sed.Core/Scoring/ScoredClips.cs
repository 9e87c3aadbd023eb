using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;
using Sed.Core.Metrics.Thresholds;
using Sed.Core.Metrics.Uncertainty;

namespace Sed.Core.Scoring;

/// <summary>
/// What a network said of a set of clips, decided on and held against what is true of them. Everything is worked out when it
/// is first asked for, and once. One thread at a time.
/// </summary>
public sealed class ScoredClips
{
    private const double Even = 0.5;

    private readonly ClipTruth truth;
    private readonly ClipScores scores;
    private readonly Lazy<float[]> decoded;
    private readonly Lazy<EventList> events;
    private readonly Lazy<bool[]> tags;
    private readonly Lazy<ScoreList> frameScores;
    private readonly Lazy<ScorePairs> pairs;
    private readonly Dictionary<PsdsOptions, ExactPsds> psds = [];

    /// <param name="truth">What is true.</param>
    /// <param name="scores">What was said of the same clips in the same order.</param>
    /// <param name="detection">How probabilities become events and tags.</param>
    /// <exception cref="ArgumentException">The clips or classes differ, or the options have problems.</exception>
    public ScoredClips(ClipTruth truth, ClipScores scores, DetectionOptions detection)
    {
        if (!truth.Names.SequenceEqual(scores.Names))
            throw new ArgumentException("The scores are of other clips, or in another order.", nameof(scores));
        if (truth.Classes.Count != scores.Classes)
            throw new ArgumentException(
                $"There are scores of {scores.Classes} classes, but {truth.Classes.Count} classes.",
                nameof(scores)
            );
        this.truth = truth;
        this.scores = scores;
        Detection = detection;
        EventDecoder decoder = new(truth.Classes, scores.HopSeconds, detection);
        decoded = new(() => Decoded(decoder));
        events = new(() => EventList.Of(Names.Select((name, clip) => (name, EventsOf(decoder, clip)))));
        tags = new(() =>
            detection.Tags == TagSource.Events ? OfEvents() : OfWeakOutput(k => detection.Of(Classes[k]).WeakThreshold)
        );
        frameScores = new(AsList);
        pairs = new(() => ScorePairs.Of(FrameScores, truth.Events!));
        Tagging = new(() => new(Each(tags.Value)));
        WeakOutputTagging = new(() => new(Each(OfWeakOutput(_ => Even))));
        Segments = new(() => new(SegmentBased.CountEach(Paired())));
        EventCounts = new(() => new(EventBased.CountEach(Paired())));
        TagScores = new(() => Metrics.Tags.TagScores.Of(truth.Classes, LargestFrames(), truth.Tags));
        TagSweep = new(() => TagScores.Value.Sweep());
        WeakOutputSweep = new(() => Metrics.Tags.TagScores.Of(truth.Classes, scores.Weak, truth.Tags).Sweep());
        SegmentSweep = new(() => SegmentBased.Sweep(pairs.Value));
    }

    /// <summary>The classes.</summary>
    public ClassList Classes => truth.Classes;

    /// <summary>The clips.</summary>
    public IReadOnlyList<string> Names => truth.Names;

    /// <summary>What was said.</summary>
    public ClipScores Scores => scores;

    /// <summary>What is true.</summary>
    public ClipTruth Truth => truth;

    /// <summary>
    /// The scores of the frames that are held against thresholds, as score lists have them: probabilities after every step of
    /// decoding. Metrics that look at all thresholds look at these.
    /// </summary>
    public ScoreList FrameScores => frameScores.Value;

    /// <summary>Scores of the tags from where the tags are taken: the largest of the frames, or the weak output.</summary>
    public TagScores TagScoresAsDecided =>
        Detection.Tags == TagSource.Events
            ? TagScores.Value
            : Metrics.Tags.TagScores.Of(Classes, scores.Weak, truth.Tags);

    /// <summary>
    /// What was found in one clip alone: of the segments, or of the tags where nobody knows when events start and end.
    /// </summary>
    public BinaryCounts CountsOf(int clip)
    {
        var alone = new int[Names.Count];
        alone[clip] = 1;
        var own = Weighted(alone);
        return HasEvents ? own.Segments.Overall : own.Tagging.Overall;
    }

    /// <summary>How probabilities became events and tags.</summary>
    public DetectionOptions Detection { get; }

    /// <summary>Whether the events of all clips are known.</summary>
    public bool HasEvents => truth.Events is not null;

    /// <summary>The detected events of each clip.</summary>
    public EventList Events => events.Value;

    /// <summary>The tags of each clip.</summary>
    public TagList Tags =>
        TagList.Of(
            Names.Zip(
                tags.Value.Chunk(Classes.Count)
                    .Select(clip => (IReadOnlyCollection<string>)[.. Classes.Where((_, k) => clip[k])])
            )
        );

    /// <summary>Decisions about tags, clip by clip.</summary>
    internal Lazy<WeightedSum<TaggingCounts>> Tagging { get; }
    internal Lazy<WeightedSum<TaggingCounts>> WeakOutputTagging { get; }
    internal Lazy<WeightedSum<SegmentCounts>> Segments { get; }
    internal Lazy<WeightedSum<EventCounts>> EventCounts { get; }
    internal Lazy<TagScores> TagScores { get; }
    internal Lazy<CurveSweep> TagSweep { get; }
    internal Lazy<CurveSweep> WeakOutputSweep { get; }
    internal Lazy<CurveSweep> SegmentSweep { get; }

    /// <summary>The clips, each as often as its weight says.</summary>
    public WeightedClips Weighted(int[] weights) => new(this, weights);

    /// <summary>The clips, each once.</summary>
    public WeightedClips Once() => new(this, CurveCounting.Once(Names.Count));

    internal PsdsResult Psds(PsdsOptions options, int[] weights)
    {
        if (!psds.TryGetValue(options, out var prepared))
            psds[options] = prepared = ExactPsds.PrepareForResampling(pairs.Value, options);
        return prepared.Evaluate(weights);
    }

    private float[] Decoded(EventDecoder decoder)
    {
        if (decoder.HasNoSteps)
            return scores.Strong;
        var all = new float[scores.Strong.Length];
        for (var clip = 0; clip < Names.Count; clip++)
            decoder.Scores(scores.StrongOf(clip)).CopyTo(all.AsSpan(clip * scores.Frames * Classes.Count));
        return all;
    }

    private ReadOnlySpan<float> DecodedOf(int clip) =>
        decoded.Value.AsSpan(clip * scores.Frames * Classes.Count, scores.Frames * Classes.Count);

    private IReadOnlyList<SoundEvent> EventsOf(EventDecoder decoder, int clip) => decoder.EventsOf(DecodedOf(clip));

    private EventPairs Paired() => EventPairs.Of(Classes, truth.Events!, Events);

    private bool[] OfEvents()
    {
        var found = new bool[Names.Count * Classes.Count];
        for (var clip = 0; clip < Names.Count; clip++)
            foreach (var sound in Events.EventsAt(clip))
                found[clip * Classes.Count + Classes.IndexOf(sound.Label)] = true;
        return found;
    }

    private bool[] OfWeakOutput(Func<int, double> threshold)
    {
        float[] thresholds = [.. Enumerable.Range(0, Classes.Count).Select(k => (float)threshold(k))];
        return [.. scores.Weak.Select((probability, at) => probability >= thresholds[at % thresholds.Length])];
    }

    private TaggingCounts[] Each(bool[] estimated)
    {
        var counts = new TaggingCounts[Names.Count];
        for (var clip = 0; clip < counts.Length; clip++)
        {
            var (from, to) = (clip * Classes.Count, (clip + 1) * Classes.Count);
            counts[clip] = Metrics.Tags.Tagging.Count(Classes, truth.Tags.AsSpan(from..to), estimated.AsSpan(from..to));
        }
        return counts;
    }

    private float[] LargestFrames()
    {
        var largest = new float[Names.Count * Classes.Count];
        for (var clip = 0; clip < Names.Count; clip++)
        {
            var own = DecodedOf(clip);
            for (var value = 0; value < own.Length; value++)
            {
                ref var most = ref largest[clip * Classes.Count + value % Classes.Count];
                most = Math.Max(most, own[value]);
            }
        }
        return largest;
    }

    private ScoreList AsList() =>
        new(
            Classes,
            Names.Select(
                (name, clip) => (name, Annotations.FrameScores.Of(DecodedOf(clip), Classes.Count, scores.HopSeconds))
            ),
            "the network's scores"
        );
}
