using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Psds;
using Sed.Core.Scoring;

namespace Sed.Core.Tests.Scoring;

/// <summary>Clips of several networks as one set: each clip keeps the outputs and the decoding of its network.</summary>
public sealed class PooledClipsTests
{
    private const int Frames = 40;
    private const double Hop = 0.25;
    private static readonly ClassList classes = new(["Car", "Train"]);

    /// <summary>Clips with one random event of each class and noisy probabilities.</summary>
    private static (ClipTruth Truth, ClipScores Scores) Drawn(int draw, int clips)
    {
        Random random = new(draw);
        List<(string, IReadOnlyList<SoundEvent>)> events = [];
        var strong = new float[clips * Frames * classes.Count];
        for (var clip = 0; clip < clips; clip++)
        {
            List<SoundEvent> own = [];
            for (var k = 0; k < classes.Count; k++)
            {
                var onset = Math.Round(random.NextDouble() * 6, 2);
                own.Add(new SoundEvent(onset, onset + 2, classes[k]));
                for (var frame = 0; frame < Frames; frame++)
                    strong[(clip * Frames + frame) * classes.Count + k] =
                        (frame * Hop >= onset && frame * Hop < onset + 2 ? 0.3f : 0.0f) + 0.7f * random.NextSingle();
            }
            events.Add(($"{draw}-{clip}.wav", own));
        }
        string[] names = [.. events.Select(one => one.Item1)];
        var tags = new bool[clips * classes.Count];
        Array.Fill(tags, true);
        float[] weak = [.. tags.Select(_ => random.NextSingle())];
        return (
            new ClipTruth(classes, names, tags, EventList.Of(events), names),
            new ClipScores(names, Frames, Hop, strong, weak)
        );
    }

    private static ClipTruth Joined(params ClipTruth[] truths) =>
        new(
            classes,
            [.. truths.SelectMany(one => one.Names)],
            [.. truths.SelectMany(one => one.Tags)],
            EventList.Of(truths.SelectMany(one => one.Names.Select((name, k) => (name, EventsAt(one, k))))),
            [.. truths.SelectMany(one => one.Units!)]
        );

    private static IReadOnlyList<SoundEvent> EventsAt(ClipTruth truth, int clip) =>
        truth.Events!.EventsAt(clip).ToArray();

    private static readonly DetectionOptions low = new() { Threshold = 0.3 };
    private static readonly DetectionOptions boxes = new()
    {
        Threshold = 0.6,
        Steps = [new DecodingStep.ChangePoints(1.0)],
    };

    [Fact]
    public void A_pool_with_one_decoding_equals_the_concatenated_clips()
    {
        var (first, second) = (Drawn(1, 7), Drawn(2, 5));
        var truth = Joined(first.Truth, second.Truth);
        ScoredClips whole = new(truth, ClipScores.Concatenate([first.Scores, second.Scores]), low);
        var pool = ScoredClips.Pool(
            truth,
            [new(first.Truth, first.Scores, low), new(second.Truth, second.Scores, low)]
        );
        foreach (var metric in Metric.All)
            Assert.Equal(metric.Of(whole), metric.Of(pool), 1e-12);
        Assert.Equal(12, pool.Inputs.Units.Count);
        Assert.Equal([low, low], pool.Detections);
    }

    [Fact]
    public void Each_part_of_a_pool_keeps_its_decoding()
    {
        var (first, second) = (Drawn(1, 7), Drawn(2, 5));
        DetectionOptions tuned = new()
        {
            PerClass = new Dictionary<string, ClassDetection> { ["Car"] = new() { Threshold = 0.8 } },
        };
        foreach (var other in (DetectionOptions[])[new() { Threshold = 0.8 }, tuned, boxes])
        {
            ScoredClips left = new(first.Truth, first.Scores, low);
            ScoredClips right = new(second.Truth, second.Scores, other);
            var pool = ScoredClips.Pool(Joined(first.Truth, second.Truth), [left, right]);
            var segments = left.Once().Segments.Overall + right.Once().Segments.Overall;
            Assert.Equal(segments, pool.Once().Segments.Overall);
            Assert.Equal(left.Once().Tagging.Overall + right.Once().Tagging.Overall, pool.Once().Tagging.Overall);
            Assert.Equal(right.Events.EventsAt(4).ToArray(), pool.Events.EventsAt(11).ToArray());
            foreach (var (own, pooled) in ((ScoredClips, int)[])[(left, 6), (right, 11)])
            {
                var (one, all) = (own.ScoresOverTime[own == left ? 6 : 4], pool.ScoresOverTime[pooled]);
                Assert.Equal(one.Borders.ToArray(), all.Borders.ToArray());
                Assert.Equal(one.Of(1).ToArray(), all.Of(1).ToArray());
            }
            Assert.InRange(pool.Once().Psds(PsdsOptions.Scenario2).Value.Value, 0, 1);
        }
    }

    [Fact]
    public void A_pool_of_pools_keeps_the_decoding_of_every_part()
    {
        var (first, second, third) = (Drawn(1, 3), Drawn(2, 4), Drawn(3, 2));
        ScoredClips[] parts =
        [
            new(first.Truth, first.Scores, low),
            new(second.Truth, second.Scores, new() { Threshold = 0.5 }),
            new(third.Truth, third.Scores, new() { Threshold = 0.7 }),
        ];
        var flat = ScoredClips.Pool(Joined(first.Truth, second.Truth, third.Truth), parts);
        var inner = ScoredClips.Pool(Joined(first.Truth, second.Truth), parts[..2]);
        var nested = ScoredClips.Pool(flat.Truth, [inner, parts[2]]);
        Assert.Equal(flat.Once().Segments.Overall, nested.Once().Segments.Overall);
        Assert.Equal(flat.Detections, nested.Detections);
    }

    [Fact]
    public void A_pool_has_no_single_decoding_and_one_source_of_tags()
    {
        var (first, second) = (Drawn(1, 3), Drawn(2, 4));
        var truth = Joined(first.Truth, second.Truth);
        ScoredClips left = new(first.Truth, first.Scores, low);
        var pool = ScoredClips.Pool(truth, [left, new(second.Truth, second.Scores, low)]);
        Assert.Equal(
            "Pooled clips have several Detections.",
            Assert.Throws<InvalidOperationException>(() => pool.Detection).Message
        );
        DetectionOptions weak = new() { Tags = TagSource.WeakOutput };
        var mixed = Assert.Throws<ArgumentException>(() =>
            ScoredClips.Pool(truth, [left, new(second.Truth, second.Scores, weak)])
        );
        Assert.StartsWith("The parts have different sources of tags.", mixed.Message);
    }
}
