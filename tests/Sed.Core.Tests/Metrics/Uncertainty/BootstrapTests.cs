using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Tags;
using Sed.Core.Metrics.Uncertainty;

namespace Sed.Core.Tests.Metrics.Uncertainty;

public class BootstrapTests
{
    private static readonly ClassList Classes = new(["Car", "Bus"]);

    /// <summary>Clips with one car each; a system detects the car in the first ones.</summary>
    private static IReadOnlyList<SegmentCounts> Detecting(int clips, int heard)
    {
        IReadOnlyList<SoundEvent>[] truth =
        [
            .. Enumerable.Range(0, clips).Select(_ => (IReadOnlyList<SoundEvent>)[new(0, 1, "Car")]),
        ];
        IReadOnlyList<SoundEvent>[] guess =
        [
            .. Enumerable.Range(0, clips).Select(k => (IReadOnlyList<SoundEvent>)(k < heard ? [new(0, 1, "Car")] : [])),
        ];
        return SegmentBased.CountEach(EventPairs.Of(Classes, truth, guess));
    }

    private static IReadOnlyList<Measure> Recall(SegmentCounts counts) =>
        [new("recall", counts.Scores().Overall.FMeasure.Recall)];

    [Fact]
    public void The_interval_of_a_proportion_agrees_with_the_binomial_distribution()
    {
        // 60 of 100: the standard error is sqrt(0.6 * 0.4 / 100) = 0.049, the interval about 0.5 to 0.7.
        var interval = Assert.Single(
            Bootstrap.Intervals(Detecting(100, 60), Recall, new BootstrapOptions { Resamples = 4000 })
        );
        Assert.Equal(0.6, interval.Value.Value);
        Assert.Equal(0.049, interval.StandardError.Value, 0.003);
        Assert.Equal(0.50, interval.Low.Value, 0.02);
        Assert.Equal(0.69, interval.High.Value, 0.02);
    }

    [Fact]
    public void Equal_seeds_give_equal_intervals_and_different_seeds_different_ones()
    {
        Interval Of(ulong seed) =>
            Bootstrap.Intervals(Detecting(37, 20), Recall, new BootstrapOptions { Resamples = 200, Seed = seed })[0];
        Assert.Equal(Of(5), Of(5));
        Assert.NotEqual(Of(5).StandardError, Of(6).StandardError);
    }

    [Fact]
    public void A_system_does_not_differ_from_itself()
    {
        var counts = Detecting(50, 30);
        var difference = Assert.Single(Bootstrap.Differences(counts, counts, Recall));
        Assert.Equal(
            (0, "the value is the same in every resample", 1),
            (difference.Difference.Value, difference.Low.Why, difference.PValue.Value)
        );
    }

    [Fact]
    public void A_system_that_detects_more_events_in_the_same_clips_differs_significantly()
    {
        var difference = Assert.Single(Bootstrap.Differences(Detecting(50, 20), Detecting(50, 35), Recall));
        Assert.Equal(0.3, difference.Difference.Value, 1e-12);
        Assert.True(difference.Low.Value > 0.15 && difference.High.Value < 0.45);
        // 15 of 50 clips differ, all in one direction: the standard error is sqrt(0.3 * 0.7 / 49) = 0.0655, t = 4.58.
        Assert.Equal(3.2e-5, difference.PValue.Value, 2e-5);
    }

    [Fact]
    public void Resamples_without_a_value_are_left_out_and_counted()
    {
        // Some resamples of two clips lack the only clip with an estimate.
        IReadOnlyList<Measure> Precision(SegmentCounts counts) =>
            [new("precision", counts.Scores().Overall.FMeasure.Precision)];
        var interval = Assert.Single(
            Bootstrap.Intervals(Detecting(2, 1), Precision, new BootstrapOptions { Resamples = 1000 })
        );
        Assert.InRange(interval.Undefined, 200, 300);
        Assert.Equal("only 2 independent clips; an interval needs at least 10", interval.Low.Why);
    }

    [Fact]
    public void All_problems_of_options_are_reported_at_once()
    {
        var thrown = Assert.Throws<ArgumentException>(() =>
            Bootstrap.Intervals(Detecting(2, 1), Recall, new BootstrapOptions { Resamples = 0, Confidence = 1 })
        );
        Assert.Equal(
            $"Resamples must be at least 1, was 0.{Environment.NewLine}Confidence must lie between 0 and 1, was 1.",
            thrown.Message
        );
    }

    [Fact]
    public void PSDS_with_weights_equals_PSDS_of_repeated_files()
    {
        ClassList classes = new(["Car", "Bus", "Train"]);
        Random random = new(8);
        (string File, FrameScores Scores)[] files = [.. Enumerable.Range(0, 12).Select(k => ($"f{k}", Noise(random)))];
        var reference = EventList.Of(
            files.Select((one, k) => (one.File, (IReadOnlyList<SoundEvent>)[new(k % 4, k % 4 + 3, classes[k % 3])]))
        );
        int[] weights = [2, 0, 1, 3, 1, 1, 0, 0, 1, 2, 1, 0];
        PsdsOptions options = new()
        {
            DetectionTolerance = 0.3,
            GroundTruthIntersection = 0.3,
            CrossTriggerWeight = 0.5,
            MaxEffectiveFalsePositiveRate = 2000,
        };

        var weighted = ExactPsds
            .PrepareForResampling(ScorePairs.Of(new ScoreList(classes, files), reference), options)
            .Evaluate(weights);

        List<(string, FrameScores)> copies = [];
        List<(string, IReadOnlyList<SoundEvent>)> truths = [];
        for (var k = 0; k < files.Length; k++)
        for (var copy = 0; copy < weights[k]; copy++)
        {
            copies.Add(($"{files[k].File}-{copy}", files[k].Scores));
            truths.Add(($"{files[k].File}-{copy}", reference.EventsAt(k).ToArray()));
        }
        var written = Intersection.Psds(ScorePairs.Of(new ScoreList(classes, copies), EventList.Of(truths)), options);
        Assert.Equal(written.Value.Value, weighted.Value.Value, 1e-12);
        Assert.Equal(written.ClassScores.ToArray(), weighted.ClassScores.ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);

        static FrameScores Noise(Random random) =>
            FrameScores.Of([.. Enumerable.Range(0, 60 * 3).Select(_ => random.NextSingle())], 3, 0.2);
    }

    [Fact]
    public void PSDS_of_decisions_with_weights_equals_PSDS_of_repeated_files()
    {
        ClassList classes = new(["Car", "Bus"]);
        Random random = new(9);
        List<SoundEvent> Events() =>
            [
                .. Enumerable
                    .Range(0, random.Next(4))
                    .Select(_ => new SoundEvent(random.Next(5), 5 + random.Next(5), classes[random.Next(2)])),
            ];
        (string File, IReadOnlyList<SoundEvent> Truth, IReadOnlyList<SoundEvent> Guess)[] files =
        [
            .. Enumerable
                .Range(0, 10)
                .Select(k => ($"f{k}", (IReadOnlyList<SoundEvent>)Events(), (IReadOnlyList<SoundEvent>)Events())),
        ];
        int[] weights = [2, 0, 1, 3, 1, 1, 0, 0, 1, 1];
        PsdsOptions options = new()
        {
            CrossTriggerWeight = 1,
            MaxEffectiveFalsePositiveRate = 1000,
            CrossTriggers = CrossTriggerAverage.OverAllClasses,
        };

        var reference = EventList.Of(files.Select(one => (one.File, one.Truth)));
        var detections = EventList.Of(files.Select(one => (one.File, one.Guess)));
        var weighted = DecisionPsds
            .Prepare(reference, Durations.Of(files.Select(one => (one.File, 10.0))), [detections], options)
            .Evaluate(weights);

        var copies = files
            .SelectMany(
                (one, k) => Enumerable.Range(0, weights[k]).Select(copy => ($"{one.File}-{copy}", one.Truth, one.Guess))
            )
            .ToArray();
        var written = Intersection.Psds(
            EventList.Of(copies.Select(one => (one.Item1, one.Truth))),
            Durations.Of(copies.Select(one => (one.Item1, 10.0))),
            [EventList.Of(copies.Select(one => (one.Item1, one.Guess)))],
            options
        );
        Assert.True(written.Value.Value > 0);
        Assert.Equal(written.Value.Value, weighted.Value.Value, 1e-12);
        Assert.Equal(written.ClassScores.ToArray(), weighted.ClassScores.ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Tags_with_weights_equal_tags_of_repeated_clips()
    {
        ClassList classes = new(["Car", "Bus"]);
        var tags = TagScores.Of(classes, [0.9f, 0.1f, 0.4f, 0.8f, 0.5f, 0.3f], [true, false, false, true, true, true]);
        var twice = TagScores.Of(classes, [0.9f, 0.1f, 0.5f, 0.3f, 0.5f, 0.3f], [true, false, true, true, true, true]);
        Assert.Equal(
            twice.All().Select(measure => measure.ToString()),
            tags.Weighted([1, 0, 2]).All().Select(measure => measure.ToString())
        );
    }
}
