using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Calibrations;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Tags;

namespace Sed.Core.Scoring;

/// <summary>
/// The outputs of a network for a set of clips, decoded and compared with the reference. The clips can also be pooled
/// from several parts (<see cref="Pool"/>); each part has the outputs of its own network and its own decoding.
/// Everything is computed on first use and cached. Not thread-safe.
/// </summary>
public sealed class ScoredClips
{
    private const double WeakOutputThreshold = 0.5;

    private readonly EventDecoder[] decoders; // of each part
    private readonly int[] partOf; // the part of each clip
    private readonly Lazy<(float[] Frames, IReadOnlyList<EventBox>?[][] Boxes)> decoded;
    private readonly Lazy<ClipScores> calibrated;
    private readonly Lazy<EventList> events;
    private readonly Lazy<bool[]> tags;
    private readonly Lazy<ScoreList> frameScores;
    private readonly Lazy<ScoreList> scoresOverTime;

    /// <param name="truth">Reference labels of the clips.</param>
    /// <param name="scores">Network outputs for the same clips, in the same order.</param>
    /// <param name="detection">Decoding options.</param>
    /// <exception cref="ArgumentException">
    /// The clips or classes of <paramref name="truth"/> and <paramref name="scores"/> differ, or the options have
    /// problems.
    /// </exception>
    public ScoredClips(ClipTruth truth, ClipScores scores, DetectionOptions detection)
        : this(truth, scores, [detection ?? throw new ArgumentNullException(nameof(detection))], null) { }

    /// <param name="truth">Reference labels of the clips.</param>
    /// <param name="scores">Network outputs for the same clips, in the same order.</param>
    /// <param name="detections">Decoding options of each part.</param>
    /// <param name="partOf">Index of the part that each clip belongs to; null if there is only one part.</param>
    private ScoredClips(ClipTruth truth, ClipScores scores, IReadOnlyList<DetectionOptions> detections, int[]? partOf)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(scores);
        if (!truth.Names.SequenceEqual(scores.Names))
            throw new ArgumentException(
                "The scores and the reference have different clips, or the same clips in different orders.",
                nameof(scores)
            );
        if (truth.Classes.Count != scores.Classes)
            throw new ArgumentException(
                $"The scores have {scores.Classes} classes, but the reference has {truth.Classes.Count}.",
                nameof(scores)
            );
        Truth = truth;
        Scores = scores;
        Detections = detections;
        foreach (var own in detections)
            own.ThrowIfUnusable(truth.Classes);
        // The decoders receive calibrated outputs, so they must not calibrate them again.
        decoders =
        [
            .. detections.Select(own => new EventDecoder(
                truth.Classes,
                scores.HopSeconds,
                own with
                {
                    Calibration = null,
                }
            )),
        ];
        this.partOf = partOf ?? new int[truth.Names.Count];
        calibrated = new(() =>
            scores.Calibrated(
                [.. detections.Select(own => new Calibrator(truth.Classes, own.Calibration))],
                this.partOf
            )
        );
        decoded = new(Decoded);
        events = new(() => EventList.Of(Names.Select((name, clip) => (name, EventsOf(clip)))));
        tags = new(() =>
            Tagged == TagSource.Events
                ? TagsOfEvents()
                : TagsOfWeakOutput((detection, label) => detection.Of(label).WeakThreshold)
        );
        frameScores = new(() => AsList(clip => FrameScoresOf(clip)));
        scoresOverTime = decoders.Any(own => own.HasBoxes) ? new(() => AsList(ScoresOverTimeOf)) : frameScores;
        Inputs = new MetricInputs
        {
            Clips = Names.Count,
            UnitKeys = truth.Units ?? [],
            TagDecisions = new(() => CountTags(tags.Value)),
            WeakOutputDecisions = new(() => CountTags(TagsOfWeakOutput((_, _) => WeakOutputThreshold))),
            EventPairs = truth.Events is { } reference
                ? new(() => EventPairs.Of(Classes, reference, Events, known: truth.KnownTimes))
                : null,
            ClipScores = new(() => TagScores.Of(Classes, LargestFrames(), truth.Tags, truth.KnownTags)),
            WeakOutputScores = new(() => TagScores.Of(Classes, calibrated.Value.Weak, truth.Tags, truth.KnownTags)),
            ScorePairs = truth.Events is { } sounds
                ? new(() => ScorePairs.Of(ScoresOverTime, sounds, known: truth.KnownTimes))
                : null,
            UndecodedPairs =
                truth.Events is { } those && !decoders.All(own => own.HasNoSteps)
                    ? new(() => ScorePairs.Of(AsList(UndecodedScoresOf), those, known: truth.KnownTimes))
                    : null,
        };
    }

    /// <summary>
    /// Pools the clips of several parts in one set, for example the held-out clips of all folds of a cross-validation.
    /// Each clip keeps the outputs and the decoding of its part.
    /// </summary>
    /// <param name="truth">Reference labels of the clips of all parts, in the order of the parts.</param>
    /// <param name="parts">At least one part; all have the same classes, hop and source of tags.</param>
    /// <exception cref="ArgumentException">The clips, classes, hops or sources of tags differ.</exception>
    public static ScoredClips Pool(ClipTruth truth, IReadOnlyList<ScoredClips> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var scores = ClipScores.Concatenate([.. parts.Select(part => part.Scores)]);
        if (parts.Any(part => part.Tagged != parts[0].Tagged))
            throw new ArgumentException("The parts have different sources of tags.", nameof(parts));
        return new ScoredClips(truth, scores, [.. parts.SelectMany(part => part.Detections)], [.. Parts(parts)]);
    }

    /// <summary>The reference labels of the clips.</summary>
    public ClipTruth Truth { get; }

    /// <summary>The outputs of the network, before calibration.</summary>
    public ClipScores Scores { get; }

    /// <summary>The decoding options of each pooled part; one element if the clips are not pooled.</summary>
    public IReadOnlyList<DetectionOptions> Detections { get; }

    /// <summary>The decoding options.</summary>
    /// <exception cref="InvalidOperationException">The clips are pooled from several parts.</exception>
    public DetectionOptions Detection =>
        Detections is [var only] ? only : throw new InvalidOperationException("Pooled clips have several Detections.");

    /// <summary>The inputs of all metrics.</summary>
    public MetricInputs Inputs { get; }

    /// <summary>The classes, in the order of the network's outputs.</summary>
    public ClassList Classes => Truth.Classes;

    /// <summary>The names of the clips.</summary>
    public IReadOnlyList<string> Names => Truth.Names;

    /// <summary>Whether all clips have strong labels.</summary>
    public bool HasEvents => Truth.Events is not null;

    /// <summary>The detected events of each clip.</summary>
    public EventList Events => events.Value;

    /// <summary>The estimated tags of each clip.</summary>
    public TagList Tags =>
        TagList.Of(
            Names.Zip(
                tags.Value.Chunk(Classes.Count)
                    .Select(clip => (IReadOnlyCollection<string>)[.. Classes.Where((_, k) => clip[k])])
            )
        );

    /// <summary>
    /// The scores after all decoding steps and before thresholding. Metrics over all thresholds are computed from these
    /// scores. For classes that are decoded with change points, the scores have the exact borders of the boxes and are
    /// negative infinity outside the boxes.
    /// </summary>
    public ScoreList ScoresOverTime => scoresOverTime.Value;

    /// <summary>
    /// The scores after all decoding steps on the frame grid, for figures. For classes that are decoded with change
    /// points, the score of a frame is the confidence of the box that contains its centre; 0 if there is none.
    /// </summary>
    public ScoreList FrameScores => frameScores.Value;

    /// <summary>
    /// The clip scores that correspond to the configured source of tags: the maxima over the frames, or the weak
    /// output.
    /// </summary>
    public TagScores TagScoresAsDecided =>
        (Tagged == TagSource.Events ? Inputs.ClipScores : Inputs.WeakOutputScores)!.Value;

    /// <summary>Segment-based counts of one clip; clip-level counts if the clips have no strong labels.</summary>
    public BinaryCounts CountsOf(int clip)
    {
        var alone = new int[Names.Count];
        alone[clip] = 1;
        var own = Weighted(alone);
        return HasEvents ? own.Segments.Overall : own.Tagging.Overall;
    }

    /// <summary>The clips with weights, for example a bootstrap resample.</summary>
    /// <param name="weights">How often each clip is counted, 0 or more, in the order of the clips.</param>
    public WeightedClips Weighted(int[] weights) => Inputs.Weighted(weights);

    /// <summary>The clips, each counted once.</summary>
    public WeightedClips Once() => Inputs.Once();

    private TagSource Tagged => Detections[0].Tags;

    /// <summary>The outputs of the network after calibration.</summary>
    private ClipScores Outputs => calibrated.Value;

    private EventDecoder DecoderOf(int clip) => decoders[partOf[clip]];

    /// <summary>
    /// Returns the part number of each clip of all sets, in the order of the sets. Parts are numbered consecutively
    /// across the sets, because a set can itself be pooled from parts.
    /// </summary>
    private static IEnumerable<int> Parts(IReadOnlyList<ScoredClips> sets)
    {
        var before = 0;
        foreach (var set in sets)
        {
            foreach (var part in set.partOf)
                yield return before + part;
            before += set.Detections.Count;
        }
    }

    private (float[] Frames, IReadOnlyList<EventBox>?[][] Boxes) Decoded()
    {
        var boxes = new IReadOnlyList<EventBox>?[Names.Count][];
        if (decoders.All(own => own.HasNoSteps))
        {
            Array.Fill(boxes, []);
            return (Outputs.Strong, boxes);
        }
        var all = new float[Outputs.Strong.Length];
        for (var clip = 0; clip < Names.Count; clip++)
        {
            (var frames, boxes[clip]) = DecoderOf(clip)
                .Apply(Outputs.StrongOf(clip), Outputs.Weak.AsSpan(clip * Classes.Count, Classes.Count));
            frames.CopyTo(all.AsSpan(Scores.FirstFrameOf(clip) * Classes.Count));
        }
        return (all, boxes);
    }

    private ReadOnlySpan<float> DecodedOf(int clip) =>
        decoded.Value.Frames.AsSpan(Scores.FirstFrameOf(clip) * Classes.Count, Scores.FramesOf(clip) * Classes.Count);

    private IReadOnlyList<SoundEvent> EventsOf(int clip) =>
        DecoderOf(clip).EventsOf(DecodedOf(clip), decoded.Value.Boxes[clip]);

    private FrameScores FrameScoresOf(int clip) =>
        Annotations.FrameScores.Of(DecodedOf(clip), Classes.Count, Scores.HopSeconds);

    private FrameScores UndecodedScoresOf(int clip) =>
        Annotations.FrameScores.Of(Outputs.StrongOf(clip), Classes.Count, Scores.HopSeconds);

    private FrameScores ScoresOverTimeOf(int clip) =>
        new DecodedClip(DecodedOf(clip).ToArray(), decoded.Value.Boxes[clip]).OverTime(
            Classes.Count,
            Scores.HopSeconds
        );

    private bool[] TagsOfEvents()
    {
        var found = new bool[Names.Count * Classes.Count];
        for (var clip = 0; clip < Names.Count; clip++)
            foreach (var sound in Events.EventsAt(clip))
                found[clip * Classes.Count + Classes.IndexOf(sound.Label)] = true;
        return found;
    }

    /// <param name="threshold">
    /// Returns the threshold of a class, given the decoding options of a part and the class.
    /// </param>
    private bool[] TagsOfWeakOutput(Func<DetectionOptions, string, double> threshold)
    {
        float[][] thresholds =
        [
            .. Detections.Select(own => Classes.Select(label => (float)threshold(own, label)).ToArray()),
        ];
        return
        [
            .. Outputs.Weak.Select(
                (probability, at) => probability >= thresholds[partOf[at / Classes.Count]][at % Classes.Count]
            ),
        ];
    }

    private TaggingCounts[] CountTags(bool[] estimated)
    {
        var counts = new TaggingCounts[Names.Count];
        for (var clip = 0; clip < counts.Length; clip++)
        {
            var (from, to) = (clip * Classes.Count, (clip + 1) * Classes.Count);
            counts[clip] = Tagging.Count(
                Classes,
                Truth.Tags.AsSpan(from..to),
                estimated.AsSpan(from..to),
                Truth.KnownTags is { } known ? known.AsSpan(from..to) : default
            );
        }
        return counts;
    }

    private float[] LargestFrames()
    {
        var largest = new float[Names.Count * Classes.Count];
        for (var clip = 0; clip < Names.Count; clip++)
        {
            // The boxes are used because a box may be too short to contain the centre of a frame.
            var boxes = decoded.Value.Boxes[clip];
            for (var k = 0; k < boxes.Length; k++)
                foreach (var box in boxes[k] ?? [])
                    largest[clip * Classes.Count + k] = Math.Max(
                        largest[clip * Classes.Count + k],
                        (float)box.Confidence
                    );
            var own = DecodedOf(clip);
            for (var value = 0; value < own.Length; value++)
            {
                ref var most = ref largest[clip * Classes.Count + value % Classes.Count];
                most = Math.Max(most, own[value]);
            }
        }
        return largest;
    }

    private ScoreList AsList(Func<int, FrameScores> ofClip) =>
        new(Classes, Names.Select((name, clip) => (name, ofClip(clip))), "the network's scores");
}
