using Sed.Core.Annotations;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Frames;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Tests.Metrics;

/// <summary>References that are annotated at some times and for some classes only.</summary>
public sealed class KnownTimesTests
{
    private const double Seconds = 6;
    private const double Frame = 0.5;
    private const int Frames = 12;
    private static readonly ClassList classes = RandomCorpus.Classes;

    [Fact]
    public void Spans_are_joined_and_cut()
    {
        var spans = KnownSpans.Of([(2, 3), (0, 1), (1, 1.5), (5, 5)]);
        Assert.True(spans.Contain(0, 1.5));
        Assert.False(spans.Contain(1, 2.5));
        Assert.Equal(1.1, spans.SecondsIn(0.9, 2.5), 1e-9);
        Assert.True(spans.ContainHalf(1, 2));
        Assert.False(spans.ContainHalf(1.1, 2));
        Assert.True(spans.ContainHalf(0.5, 0.5));
        Assert.False(spans.ContainHalf(1.7, 1.7));
        Assert.Equal(0, KnownSpans.Never.SecondsIn(0, 9));
        Assert.True(KnownSpans.Always.Contain(0, 9));
        Assert.Null(KnownTimes.Of([("a", [KnownSpans.Always])]));
    }

    [Fact]
    public void Without_unknown_times_all_counts_are_those_of_plain_pairs() =>
        RandomCorpus.Always(corpus =>
        {
            var (reference, estimate) = (Named(corpus.Reference), Named(corpus.Estimate));
            var whole = KnownTimes.Of(
                reference.Files.Select(file => (file, classes.Select(_ => KnownSpans.Of([(0, 99)])).ToArray()))
            );
            return Counts(reference, estimate, null).SequenceEqual(Counts(reference, estimate, whole));
        });

    [Fact]
    public void Estimated_events_at_unknown_times_change_no_count() =>
        RandomCorpus.Always(
            (corpus, draw) =>
            {
                var known = Known(draw, corpus.Files);
                var reference = Named([.. corpus.Reference.Select((file, k) => Inside(file, known[k]))]);
                // No reference event is near enough for a match within the collar.
                var more = corpus.Estimate.Select(
                    (file, k) =>
                        (IReadOnlyList<SoundEvent>)
                            [
                                .. file,
                                .. Enumerable
                                    .Range(0, 5)
                                    .Select(_ => RandomEvent(draw))
                                    .Where(sound =>
                                        known[k]
                                            [classes.IndexOf(sound.Label)]
                                            .SecondsIn(sound.Onset - 0.4, sound.Offset + 0.4) == 0
                                    ),
                            ]
                );
                var times = Times(known);
                return Counts(reference, Named(corpus.Estimate), times)
                    .SequenceEqual(Counts(reference, Named([.. more]), times));
            }
        );

    [Fact]
    public void Scores_at_unknown_times_change_no_curve() =>
        RandomCorpus.Always(
            (corpus, draw) =>
            {
                var known = Known(draw, corpus.Files);
                var reference = Named([.. corpus.Reference.Select((file, k) => Inside(file, known[k]))]);
                var times = Times(known);
                var (scores, others) = (new List<double[][]>(), new List<double[][]>());
                for (var file = 0; file < corpus.Files; file++)
                {
                    var (rows, changed) = (Rows(draw), new double[classes.Count][]);
                    for (var k = 0; k < classes.Count; k++)
                    {
                        changed[k] = [.. rows[k]];
                        for (var frame = 0; frame < Frames; frame++)
                        {
                            var (from, to) = (frame * Frame, (frame + 1) * Frame);
                            if (known[file][k].SecondsIn(from, to) > 0)
                                continue;
                            // Detections at known times end before the frames that differ.
                            var isBorder = known[file][k].SecondsIn(from - Frame, to + Frame) > 0;
                            rows[k][frame] = 0;
                            changed[k][frame] = isBorder ? 0 : draw.NextDouble();
                        }
                    }
                    scores.Add(rows);
                    others.Add(changed);
                }
                return Curves(scores, reference, times).SequenceEqual(Curves(others, reference, times));
            }
        );

    [Fact]
    public void Unknown_tags_are_not_scored()
    {
        bool[] truth = [true, false, false, true, false, true];
        bool[] known = [true, true, false, true, false, true];
        float[] scores = [0.9f, 0.2f, 0.99f, 0.7f, 0.8f, 0.1f];
        float[] others = [0.9f, 0.2f, 0.01f, 0.7f, 0.1f, 0.1f];
        ClassList three = new(["a", "b", "c"]);
        var one = TagScores.Of(three, scores, truth, known);
        var other = TagScores.Of(three, others, truth, known);
        Assert.Equal(
            one.All().Select(measure => measure.Value.Value),
            other.All().Select(measure => measure.Value.Value)
        );
        Assert.Equal(one.Lwlrap().Value, one.Weighted([1, 1]).Lwlrap().Value);
        var counts = Tagging.Count(three, truth, [true, true, true, true, true, true], known);
        Assert.Equal(
            (3, 1, 0, 0),
            (
                counts.Overall.TruePositives,
                counts.Overall.FalsePositives,
                counts.Overall.FalseNegatives,
                counts.Overall.TrueNegatives
            )
        );
    }

    [Fact]
    public void The_false_positive_rate_of_psds_counts_known_time_only()
    {
        // In the known first hour: an event that is detected at 0.9, and two false detections at 0.95. In the second: one more.
        const int frames = 72;
        ClassList one = new(["a"]);
        var reference = EventList.Of([("x", (IReadOnlyList<SoundEvent>)[new SoundEvent(0, 100, "a")])]);
        var known = KnownTimes.Of([("x", [KnownSpans.Of([(0, 3600)])])]);
        var values = new float[frames];
        (values[0], values[10], values[20], values[60]) = (0.9f, 0.95f, 0.95f, 0.95f);
        ScoreList scores = new(one, [("x", FrameScores.Of(values, 1, 100))], "scores");
        Assert.Equal(2, RateAt(ScorePairs.Of(scores, reference, known: known)), 1e-9);
        Assert.Equal(1.5, RateAt(ScorePairs.Of(scores, reference)), 1e-9);

        static double RateAt(ScorePairs pairs) =>
            ExactPsds
                .Prepare(pairs, PsdsOptions.Scenario1)
                .Evaluate(CurveCounting.Once(1))
                .ClassRocs[0]
                .First(point => point.TruePositiveRate == 1)
                .FalsePositiveRate;
    }

    [Fact]
    public void Psds_of_decisions_counts_known_time_and_known_false_positives_only()
    {
        // Of the detections of a, one is correct, one is wrong and on an event of b, and one is at an unknown time on an event of b.
        var reference = Named([
            [new(0, 10, "a"), new(20, 30, "b"), new(50, 60, "b")],
            [new(0, 10, "a")],
        ]);
        var detections = Named([
            [new(0, 10, "a"), new(20, 30, "a"), new(50, 60, "a")],
            [],
        ]);
        var durations = Durations.Of([("0", 100), ("1", 50)]);
        var known = KnownTimes.Of([("0", [KnownSpans.Of([(0, 40)]), KnownSpans.Always])]);
        PsdsOptions options = new() { CrossTriggerWeight = 1 };
        var whole = DecisionPsds.Prepare(reference, durations, [detections], options).PointAt(0);
        var partly = DecisionPsds.Prepare(reference, durations, [detections], options, known).PointAt(0);
        Assert.Equal((1, 2), (whole.TruePositives[0], whole.FalsePositives[0]));
        Assert.Equal((1, 1), (partly.TruePositives[0], partly.FalsePositives[0]));
        Assert.Equal(2 * 3600.0 / 150, whole.FalsePositiveRates[0], 1e-9);
        Assert.Equal(3600.0 / 90, partly.FalsePositiveRates[0], 1e-9);
        Assert.Equal(2 * 3600.0 / 20, whole.CrossTriggerRates[0][1].Value, 1e-9);
        Assert.Equal(3600.0 / 20, partly.CrossTriggerRates[0][1].Value, 1e-9);
    }

    [Fact]
    public void Known_times_of_scores_have_the_names_of_the_reference()
    {
        ClassList one = new(["a"]);
        var reference = EventList.Of([("x", (IReadOnlyList<SoundEvent>)[new SoundEvent(0, 1, "a")])]);
        ScoreList scores = new(one, [("x.wav", FrameScores.Of([0.9f, 0.8f, 0.7f], 1, 1))], "scores");
        var pairs = ScorePairs.Of(scores, reference, known: KnownTimes.Of([("x", [KnownSpans.Of([(0, 2)])])]));
        Assert.Equal(2, pairs.KnownSecondsOf(0, 0));
    }

    private static KnownSpans[][] Known(Random draw, int files) =>
        [
            .. Enumerable
                .Range(0, files)
                .Select(_ =>
                    classes
                        .Select(_ =>
                            draw.Next(4) == 0
                                ? KnownSpans.Always
                                : KnownSpans.Of(
                                    Enumerable
                                        .Range(0, draw.Next(3))
                                        .Select(_ => draw.Next(Frames))
                                        .Select(at => (at * Frame, (at + 1 + draw.Next(Frames - at)) * Frame))
                                )
                        )
                        .ToArray()
                ),
        ];

    private static KnownTimes? Times(KnownSpans[][] known) =>
        KnownTimes.Of(known.Select((perClass, file) => ($"{file}", perClass)));

    private static IReadOnlyList<SoundEvent> Inside(IReadOnlyList<SoundEvent> file, KnownSpans[] known) =>
        [
            .. file.Where(sound =>
                // An event of length 0 is found by any detection of its class, wherever it is.
                sound.Offset > sound.Onset
                && known[classes.IndexOf(sound.Label)].Contain(sound.Onset, sound.Offset)
            ),
        ];

    private static SoundEvent RandomEvent(Random draw)
    {
        var onset = draw.NextDouble() * (Seconds - 0.5);
        return new SoundEvent(
            onset,
            onset + (draw.NextDouble() * (Seconds - onset)),
            classes[draw.Next(classes.Count)]
        );
    }

    private static double[][] Rows(Random draw) =>
        [.. classes.Select(_ => Enumerable.Range(0, Frames).Select(_ => 0.01 + draw.NextDouble()).ToArray())];

    private static EventList Named(IReadOnlyList<IReadOnlyList<SoundEvent>> files) =>
        EventList.Of(files.Select((file, k) => ($"{k}", file)));

    private static IEnumerable<double> Counts(EventList reference, EventList estimate, KnownTimes? known)
    {
        var pairs = EventPairs.Of(classes, reference, estimate, known: known);
        var segments = SegmentBased.Count(pairs, new SegmentOptions { LengthSeconds = Seconds });
        var events = EventBased.Count(pairs);
        IEnumerable<double> all =
        [
            .. segments.Scores().All().Select(measure => measure.Value.Value),
            .. events.Scores().All().Select(measure => measure.Value.Value),
            .. FrameBased.CountEach(pairs).Select(counts => (double)counts.Wrong),
            .. Intersection
                .CountEach(pairs, PsdsOptions.Scenario1)
                .SelectMany(counts => new double[] { counts.Overall.TruePositives, counts.Overall.FalsePositives }),
        ];
        return all.ToArray();
    }

    private static IEnumerable<double> Curves(List<double[][]> files, EventList reference, KnownTimes? known)
    {
        ScoreList scores = new(
            classes,
            files.Select(
                (rows, file) =>
                    (
                        $"{file}",
                        FrameScores.Of(
                            Enumerable
                                .Range(0, Frames * classes.Count)
                                .Select(at => (float)rows[at % classes.Count][at / classes.Count])
                                .ToArray(),
                            classes.Count,
                            Frame
                        )
                    )
            ),
            "scores"
        );
        var pairs = ScorePairs.Of(scores, reference, known: known);
        ThresholdCurves[] curves =
        [
            SegmentBased.Curves(pairs),
            EventBased.Curves(pairs),
            Intersection.Curves(pairs, PsdsOptions.Scenario1),
        ];
        return
        [
            .. curves
                .SelectMany(curve => curve.PerClass)
                .SelectMany(curve => curve.Points)
                .SelectMany(point => new double[] { point.Score, point.TruePositives, point.FalsePositives }),
            ExactPsds.Prepare(pairs, PsdsOptions.Scenario2).Evaluate(CurveCounting.Once(pairs.Count)).Value.Value,
            .. FrameBased.CountEach(pairs).Select(counts => counts.Error.Value),
        ];
    }
}
