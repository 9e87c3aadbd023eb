using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;
using Sed.Core.Runtime.Keys;
using Sed.Core.Scoring;

namespace Sed.Core.Tests.Scoring;

/// <summary>The metrics of trials equal those that the same functions give for lists of events, tags and scores.</summary>
public sealed class ScoredClipsTests
{
    private const int Clips = 30;
    private const int Frames = 40;
    private const double Hop = 0.25;
    private static readonly ClassList classes = new(["Car", "Train", "Bus"]);
    private static readonly ScoredClips scored = Made(draw: 1);

    private static ScoredClips Made(int draw, int[]? clips = null)
    {
        Random random = new(draw);
        List<(string, IReadOnlyList<SoundEvent>)> events = [];
        var strong = new float[Clips * Frames * classes.Count];
        var weak = new float[Clips * classes.Count];
        var tags = new bool[Clips * classes.Count];
        for (var clip = 0; clip < Clips; clip++)
        {
            List<SoundEvent> own = [];
            for (var k = 0; k < classes.Count; k++)
            {
                var there = random.NextDouble() < 0.5;
                var onset = Math.Round(random.NextDouble() * 6, 2);
                var offset = Math.Round(onset + 0.5 + random.NextDouble() * 3, 2);
                if (there)
                    own.Add(new SoundEvent(onset, offset, classes[k]));
                tags[clip * classes.Count + k] = there;
                weak[clip * classes.Count + k] = random.NextSingle();
                for (var frame = 0; frame < Frames; frame++)
                {
                    var inside = there && frame * Hop >= onset && frame * Hop < offset;
                    strong[(clip * Frames + frame) * classes.Count + k] =
                        (inside ? 0.35f : 0.05f) + 0.6f * random.NextSingle();
                }
            }
            events.Add(($"{clip}.wav", own));
        }
        string[] names = [.. events.Select(one => one.Item1)];
        ClipTruth truth = new(classes, names, tags, EventList.Of(events));
        ClipScores scores = new(names, Frames, Hop, strong, weak);
        if (clips is not null)
            (truth, scores) = Repeated(truth, scores, events, clips);
        return new ScoredClips(truth, scores, new DetectionOptions());
    }

    /// <summary>A corpus with repeated clips, each under a new name.</summary>
    private static (ClipTruth, ClipScores) Repeated(
        ClipTruth truth,
        ClipScores scores,
        List<(string, IReadOnlyList<SoundEvent>)> events,
        int[] clips
    )
    {
        string[] names = [.. clips.Select((clip, place) => $"{place}-{clip}.wav")];
        var (perStrong, perWeak) = (Frames * classes.Count, classes.Count);
        return (
            new ClipTruth(
                classes,
                names,
                [.. clips.SelectMany(clip => truth.Tags.Skip(clip * perWeak).Take(perWeak))],
                EventList.Of(clips.Select((clip, place) => (names[place], events[clip].Item2)))
            ),
            new ClipScores(
                names,
                Frames,
                Hop,
                [.. clips.SelectMany(clip => scores.Strong.Skip(clip * perStrong).Take(perStrong))],
                [.. clips.SelectMany(clip => scores.Weak.Skip(clip * perWeak).Take(perWeak))]
            )
        );
    }

    [Fact]
    public void Metrics_of_decisions_equal_those_of_the_event_and_tag_lists()
    {
        var pairs = EventPairs.Of(classes, scored.Truth.Events!, scored.Events);
        var segments = SegmentBased.Count(pairs).Scores().Overall;
        var events = EventBased.Count(pairs).Scores().Overall;
        var tags = Tagging
            .Count(classes, TagList.From(scored.Truth.Events!), TagList.From(scored.Events))
            .Scores()
            .Micro;
        Assert.Equal(segments.FMeasure.F.Value, SegmentMetrics.F.Of(scored));
        Assert.Equal(segments.ErrorRates.ErrorRate.Value, SegmentMetrics.ErrorRate.Of(scored));
        Assert.Equal(events.FMeasure.F.Value, EventMetrics.F.Of(scored));
        Assert.Equal(tags.F.Value, TagMetrics.F.Of(scored));
    }

    [Fact]
    public void Metrics_of_scores_equal_those_of_the_score_lists()
    {
        var pairs = ScorePairs.Of(scored.FrameScores, scored.Truth.Events!);
        var tags = TagScores.Of(pairs);
        Assert.Equal(Intersection.Psds(pairs, PsdsOptions.Scenario1).Value.Value, PsdsMetrics.Scenario1.Of(scored));
        Assert.Equal(Intersection.Psds(pairs, PsdsOptions.Scenario2).Value.Value, PsdsMetrics.Scenario2.Of(scored));
        Assert.Equal(
            tags.Curves().Mean(own => own.AveragePrecision()).Value,
            RankingMetrics.MeanAveragePrecision.Of(scored)
        );
        Assert.Equal(tags.Lwlrap().Value, RankingMetrics.Lwlrap.Of(scored));
        Assert.Equal(
            SegmentBased.Curves(pairs).MicroAverage(own => own.BestF()!.Value.Threshold).F.Value,
            ThresholdMetrics.BestStrongF.Of(scored)
        );
    }

    [Fact]
    public void Metrics_of_clips_with_weights_equal_those_of_repeated_clips()
    {
        Random random = new(5);
        int[] drawn = [.. Enumerable.Range(0, Clips).Select(_ => random.Next(Clips)).Order()];
        var weights = new int[Clips];
        foreach (var clip in drawn)
            weights[clip]++;
        var repeated = Made(draw: 1, drawn);
        foreach (var metric in Metric.All)
            Assert.Equal(metric.Of(repeated), metric.Of(scored.Weighted(weights)), 1e-9);
    }

    [Fact]
    public void Joined_scores_have_the_clips_of_all_parts_in_order()
    {
        ClipScores first = new(["a", "b"], 2, 0.5, [0.1f, 0.2f, 0.3f, 0.4f], [0.2f, 0.4f]);
        ClipScores second = new(["c"], 3, 0.5, [0.5f, 0.6f, 0.7f], [0.7f]);
        var joined = ClipScores.Concatenate([first, second]);
        Assert.Equal(["a", "b", "c"], joined.Names);
        Assert.Equal([0.3f, 0.4f], joined.StrongOf(1).ToArray());
        Assert.Equal([0.5f, 0.6f, 0.7f], joined.StrongOf(2).ToArray());
        Assert.Equal([0.2f, 0.4f, 0.7f], joined.Weak);
        Assert.Throws<ArgumentException>(() => ClipScores.Concatenate([first, second with { HopSeconds = 1 }]));
    }

    [Fact]
    public void Every_metric_has_a_unique_name_and_key_by_which_it_is_found()
    {
        foreach (var metric in Metric.All)
        {
            Assert.Same(metric, Metric.Named(metric.Name));
            Assert.Same(metric, Metric.WithKey(metric.Key));
        }
        Assert.Null(Metric.Named("weak G"));
        Assert.Null(Metric.WithKey("weakG"));
    }

    /// <summary>Stored results are identified by these keys, so existing keys never change.</summary>
    [Fact]
    public void Keys_of_metrics_are_stable()
    {
        string[] keys =
        [
            "weakF weakP weakR weakOutputF strongF strongP strongR strongER eventF eventER",
            "meanAP weakOutputAP lwlrap dPrime bestWeakF bestStrongF psds1 psds2",
        ];
        Assert.Empty(string.Join(' ', keys).Split(' ').Except(Metric.All.Select(metric => metric.Key)));
        Assert.Equal(
            """{"kind":"minus","left":{"kind":"metric","metric":"weakF"},"right":{"kind":"metric","metric":"strongER"}}""",
            CanonicalKey.Text(TagMetrics.F - SegmentMetrics.ErrorRate)
        );
    }

    [Fact]
    public void A_metric_without_its_inputs_is_not_a_number_and_its_rate_is_undefined()
    {
        var inputs = MetricInputs.Of(EventPairs.Of(classes, scored.Truth.Events!, scored.Events));
        Assert.Equal(SegmentMetrics.F.Of(scored), SegmentMetrics.F.Of(inputs.Once()));
        Assert.Equal(double.NaN, PsdsMetrics.Scenario1.Of(inputs.Once()));
        Assert.Equal("these inputs have no frame scores", PsdsMetrics.Scenario1.RateOf(inputs.Once()).Why);
    }

    [Fact]
    public void Scores_are_read_back_bit_for_bit_and_damaged_files_are_refused()
    {
        using TemporaryFolder folder = new();
        var file = Path.Combine(folder.Path, "scores.npz");
        scored.Scores.Write(file);
        var again = ClipScores.Read(file);
        Assert.Equal(scored.Scores.Strong, again.Strong);
        Assert.Equal(scored.Scores.Weak, again.Weak);
        Assert.Equal(scored.Scores.Names, again.Names);
        Assert.Equal((Frames, Hop), (again.Frames, again.HopSeconds));
        foreach (var wrong in (float[])[float.NaN, -0.1f, 1.5f])
        {
            (scored.Scores with { Weak = [.. scored.Scores.Weak[..^1], wrong] }).Write(file);
            var error = Assert.Throws<InvalidDataException>(() => ClipScores.Read(file));
            Assert.Equal($"{file}: not all of its values are probabilities.", error.Message);
        }
        scored.Scores.Write(file);
        var bytes = File.ReadAllBytes(file);
        for (var length = 0; length < bytes.Length; length += bytes.Length / 20)
        {
            File.WriteAllBytes(file, bytes[..length]);
            Assert.Throws<InvalidDataException>(() => ClipScores.Read(file));
        }
    }
}
