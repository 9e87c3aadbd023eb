using Sed.Core.Annotations;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Scoring;

namespace Sed.Core.Tests.Metrics.Psds;

public sealed class PostProcessingIndependentPsdsTests
{
    private const double Hop = 0.1;
    private const int Frames = 40;
    private static readonly ClassList classes = new(["Car", "Train"]);

    /// <summary>Four files of noisy scores.</summary>
    private static ScorePairs Noisy(int seed, int[]? drawn = null)
    {
        Random random = new(seed);
        List<(string, FrameScores)> scores = [];
        List<(string, IReadOnlyList<SoundEvent>)> events = [];
        for (var file = 0; file < 4; file++)
        {
            List<SoundEvent> own = [];
            var row = new float[Frames * classes.Count];
            for (var k = 0; k < classes.Count; k++)
            {
                var onset = random.Next(0, 20);
                var offset = onset + random.Next(5, 20);
                if (file != k)
                    own.Add(new SoundEvent(onset * Hop, offset * Hop, classes[k]));
                for (var frame = 0; frame < Frames; frame++)
                    row[frame * classes.Count + k] =
                        (file != k && frame >= onset && frame < offset ? 0.3f : 0) + 0.7f * random.NextSingle();
            }
            scores.Add(($"{file}", FrameScores.Of(row, classes.Count, Hop)));
            events.Add(($"{file}", own));
        }
        drawn ??= [0, 1, 2, 3];
        return ScorePairs.Of(
            new ScoreList(classes, drawn.Select((file, copy) => ($"{copy}", scores[file].Item2))),
            EventList.Of(drawn.Select((file, copy) => ($"{copy}", events[file].Item2)))
        );
    }

    /// <summary>
    /// The smallest and the largest median at a time: the scores that leave at most half of the window below and above.
    /// </summary>
    private static (double Low, double High) MediansAt(double time, double[] borders, double[] scores, double seconds)
    {
        const double Tolerance = 1e-7;
        List<(double Score, double Length)> within = [];
        for (var k = -1; k <= scores.Length; k++)
        {
            var from = Math.Max(k < 0 ? double.NegativeInfinity : borders[k], time - seconds / 2);
            var to = Math.Min(k == scores.Length ? double.PositiveInfinity : borders[k + 1], time + seconds / 2);
            if (to > from)
                within.Add((k < 0 || k == scores.Length ? double.NegativeInfinity : scores[k], to - from));
        }
        var (low, covered) = (double.NaN, 0.0);
        foreach (var (score, length) in within.OrderBy(one => one.Score))
        {
            covered += length;
            if (double.IsNaN(low) && covered >= seconds / 2 - Tolerance)
                low = score;
            if (covered > seconds / 2 + Tolerance)
                return (low, score);
        }
        throw new InvalidOperationException("The window is empty.");
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.1)]
    [InlineData(0.25)]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(3.37)]
    [InlineData(20)]
    public void The_median_filter_gives_a_median_over_the_time_of_its_window(double seconds)
    {
        Random random = new(3);
        TimeMedian median = new();
        for (var draw = 0; draw < 5; draw++)
        {
            // Frames of different lengths; rounded scores, so that values repeat.
            double[] borders = new double[31];
            for (var k = 1; k < borders.Length; k++)
                borders[k] = Math.Round(borders[k - 1] + (draw < 2 ? Hop : random.Next(1, 30) * 0.01), 2);
            double[] scores = [.. Enumerable.Range(0, 30).Select(_ => Math.Round(random.NextDouble(), draw % 2 + 1))];
            var filtered = median.Apply(borders, scores, seconds);
            Assert.Equal(0, filtered.Borders[0]);
            Assert.Equal(borders[^1], filtered.Borders[^1]);
            Assert.Equal(filtered.Scores.Length + 1, filtered.Borders.Length);
            for (var k = 1; k < filtered.Scores.Length; k++)
            {
                Assert.True(filtered.Borders[k] > filtered.Borders[k - 1]);
                Assert.NotEqual(filtered.Scores[k - 1], filtered.Scores[k]);
            }
            for (var k = 0; k < 200; k++)
            {
                var time = borders[^1] * random.NextDouble();
                // Borders are rounded to microseconds.
                if (filtered.Borders.Any(border => Math.Abs(border - time) < 1e-5))
                    continue;
                var piece = Array.FindLastIndex(filtered.Borders, border => border <= time);
                var (low, high) = MediansAt(time, borders, scores, seconds);
                Assert.InRange(filtered.Scores[piece], low, high);
            }
        }
    }

    [Fact]
    public void Without_a_filter_piPsds_is_psds()
    {
        foreach (var options in new[] { PsdsOptions.Scenario1, PsdsOptions.Scenario2 })
        {
            var plain = Intersection.Psds(Noisy(1), options);
            var independent = Intersection.PiPsds(Noisy(1), options, [0]);
            Assert.Equal(plain.Value, independent.Value);
            Assert.Equal(plain.ClassScores, independent.ClassScores);
        }
    }

    [Fact]
    public void Each_class_is_at_least_as_good_as_with_every_single_filter()
    {
        var options = PsdsOptions.Scenario1 with { MaxEffectiveFalsePositiveRate = 2000 };
        for (var seed = 0; seed < 10; seed++)
        {
            var best = Intersection.PiPsds(Noisy(seed), options, [0, 0.3, 0.6]);
            var isBetterThanAll = false;
            foreach (var seconds in new[] { 0, 0.3, 0.6 })
            {
                var single = Intersection.PiPsds(Noisy(seed), options, [seconds]);
                for (var k = 0; k < classes.Count; k++)
                    Assert.True(best.ClassScores[k] >= single.ClassScores[k] - 1e-12);
                isBetterThanAll |= best.ClassScores[0] > single.ClassScores[0];
            }
            Assert.True(isBetterThanAll);
        }
    }

    [Fact]
    public void Files_with_weights_give_the_same_piPsds_as_repeated_files()
    {
        var prepared = PostProcessingIndependentPsds.Prepare(Noisy(4), PsdsOptions.Scenario2);
        foreach (
            var weights in (int[][])
                [
                    [2, 0, 1, 1],
                    [0, 3, 0, 1],
                    [1, 1, 1, 1],
                ]
        )
        {
            int[] drawn = [.. weights.SelectMany((count, file) => Enumerable.Repeat(file, count))];
            Assert.Equal(
                Intersection.PiPsds(Noisy(4, drawn), PsdsOptions.Scenario2).Value.Value,
                prepared.Evaluate(weights).Value.Value,
                1e-12
            );
        }
        Assert.Equal(3, prepared.Intervals(new() { Resamples = 20 }).Length);
    }

    [Fact]
    public void A_metric_of_a_trial_ignores_its_decoding_steps()
    {
        Random random = new(8);
        float[] Outputs(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
        ClipTruth truth = new(classes, ["a"], [true, false], EventList.Of([("a", [new SoundEvent(1, 2.5, "Car")])]));
        ClipScores scores = new(["a"], Frames, Hop, Outputs(Frames * classes.Count), Outputs(classes.Count));
        ScoredClips plain = new(truth, scores, new());
        ScoredClips filtered = new(truth, scores, new() { Steps = [new DecodingStep.MedianFilter(2)] });
        foreach (
            var metric in (Metric[])[PsdsMetrics.PiScenario1, PsdsMetrics.PiScenario2, CalibrationMetrics.FrameError]
        )
            Assert.Equal(metric.Of(plain), metric.Of(filtered));
        Assert.NotEqual(plain.FrameScores[0].Of(0).ToArray(), filtered.FrameScores[0].Of(0).ToArray());
    }

    [Fact]
    public void A_list_of_filters_without_elements_or_with_a_negative_length_is_an_error()
    {
        Assert.StartsWith(
            "Give the length of at least one median filter.",
            Assert.Throws<ArgumentException>(() => Intersection.PiPsds(Noisy(1), PsdsOptions.Scenario1, [])).Message
        );
        Assert.StartsWith(
            "The length of a median filter must be finite and 0 or more, was -1 s.",
            Assert
                .Throws<ArgumentException>(() => Intersection.PiPsds(Noisy(1), PsdsOptions.Scenario1, [0, -1]))
                .Message
        );
    }
}
