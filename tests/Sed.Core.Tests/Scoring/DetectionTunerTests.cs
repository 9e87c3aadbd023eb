using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Scoring;

namespace Sed.Core.Tests.Scoring;

public sealed class DetectionTunerTests
{
    private const int Clips = 20;
    private const int Frames = 40;
    private const double Hop = 0.25;
    private static readonly ClassList Classes = new(["Car", "Train", "Bus"]);
    private static readonly IReadOnlyList<IReadOnlyList<DecodingStep>> Few =
    [
        [],
        [new DecodingStep.MedianFilter(1)],
        [new DecodingStep.MedianFilter(1), new DecodingStep.MinimumDuration(1)],
        [new DecodingStep.ChangePoints(2, MergeDifference: 0.2)],
    ];

    /// <summary>Clips of cars and trains in noise, without buses.</summary>
    private static (ClipTruth Truth, ClipScores Scores) Noisy(bool knowsEvents)
    {
        Random random = new(7);
        var strong = new float[Clips * Frames * Classes.Count];
        var weak = new float[Clips * Classes.Count];
        var tags = new bool[Clips * Classes.Count];
        List<(string, IReadOnlyList<SoundEvent>)> events = [];
        for (var clip = 0; clip < Clips; clip++)
        {
            List<SoundEvent> own = [];
            for (var k = 0; k < Classes.Count; k++)
            {
                var there = k < 2 && random.NextDouble() < 0.5;
                var (onset, offset) = (random.Next(0, 20) * Hop, random.Next(24, 40) * Hop);
                if (there)
                    own.Add(new SoundEvent(onset, offset, Classes[k]));
                tags[clip * Classes.Count + k] = there;
                weak[clip * Classes.Count + k] = (there ? 0.2f : 0) + 0.6f * random.NextSingle();
                for (var frame = 0; frame < Frames; frame++)
                {
                    var inside = there && frame * Hop >= onset && frame * Hop < offset;
                    strong[(clip * Frames + frame) * Classes.Count + k] =
                        (inside ? 0.1f : 0) + (k == 0 ? 0.3f : 0.8f) * random.NextSingle();
                }
            }
            events.Add(($"{clip}.wav", own));
        }
        string[] names = [.. events.Select(one => one.Item1)];
        return (
            new(Classes, names, tags, knowsEvents ? EventList.Of(events) : null),
            new(names, Frames, Hop, strong, weak)
        );
    }

    private static double F(BinaryCounts counts) =>
        2.0 * counts.TruePositives / Math.Max(1, counts.Reference + counts.Estimated);

    /// <summary>F1 of a class with these steps, threshold by threshold, from the lowest one.</summary>
    private static IEnumerable<double> EveryF(
        ClipTruth truth,
        ClipScores scores,
        IReadOnlyList<DecodingStep> steps,
        int k,
        double lowest = 0
    )
    {
        EventDecoder decoder = new(Classes, Hop, new() { Steps = steps });
        var observed = Enumerable
            .Range(0, Clips)
            .SelectMany(clip => decoder.Scores(scores.StrongOf(clip)).Where((_, at) => at % Classes.Count == k))
            .Where(score => score > 0 && score >= lowest)
            .Distinct();
        foreach (var threshold in observed)
            yield return Decided(truth, scores, new() { Threshold = threshold, Steps = steps }, k);
    }

    [Fact]
    public void Boxes_are_tuned_for_PSDS1_or_for_collar_based_F_of_each_class()
    {
        var (truth, scores) = Noisy(knowsEvents: true);
        var grid = DecodingGrid.ChangePoints;
        double[] Psds(DetectionOptions options) =>
            [.. new ScoredClips(truth, scores, options).Once().Psds(PsdsOptions.Scenario1).ClassScores];
        var forPsds = DetectionTuner.Tune(truth, scores, new(), grid, TuningObjective.Psds1);
        Assert.Equal(
            [.. Enumerable.Range(0, 2).Select(k => grid.Max(steps => Psds(new() { Steps = steps })[k]))],
            Psds(forPsds)
        );
        BinaryCounts Collars(DetectionOptions options, int k)
        {
            ScoredClips scored = new(truth, scores, options);
            EventOptions collars = new() { PercentageOfLength = 0.2 };
            return EventBased.Count(EventPairs.Of(Classes, truth.Events!, scored.Events), collars)[k];
        }
        var forEventF = DetectionTuner.Tune(truth, scores, new(), grid, TuningObjective.EventF);
        for (var k = 0; k < 2; k++)
        {
            var thresholds = Enumerable.Range(1, 99).Select(percent => percent / 100.0);
            var best = grid.Max(steps =>
                thresholds.Max(threshold => F(Collars(new() { Threshold = threshold, Steps = steps }, k)))
            );
            Assert.True(best > 0);
            Assert.InRange(F(Collars(forEventF, k)), best, 1);
            Assert.InRange(F(Collars(forPsds, k)), 0, F(Collars(forEventF, k)));
        }
    }

    private static double Decided(ClipTruth truth, ClipScores scores, DetectionOptions options, int k)
    {
        var once = new ScoredClips(truth, scores, options).Once();
        return F(truth.Events is null ? once.Tagging[k] : once.Segments[k]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_class_gets_the_best_of_all_candidates_and_thresholds(bool knowsEvents)
    {
        var (truth, scores) = Noisy(knowsEvents);
        var tuned = DetectionTuner.Tune(truth, scores, new(), Few);
        for (var k = 0; k < 2; k++)
        {
            var best = Few.Max(steps => EveryF(truth, scores, steps, k).Max());
            Assert.Equal(best, Decided(truth, scores, tuned, k), 12);
            Assert.True(best > Decided(truth, scores, new(), k));
            Assert.Null(tuned.Of(Classes[k]).TagThreshold);
        }
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.3)]
    [InlineData(0.35)]
    public void No_tuned_threshold_is_below_the_lower_threshold_of_hysteresis(double low)
    {
        var (truth, scores) = Noisy(knowsEvents: true);
        DecodingStep[] steps = [new DecodingStep.Hysteresis(low)];
        var tuned = DetectionTuner.Tune(truth, scores, new() { Steps = steps }, [steps]);
        Assert.Empty(tuned.Problems());
        for (var k = 0; k < 2; k++)
        {
            var best = EveryF(truth, scores, steps, k, low).Max();
            Assert.Equal(best, Decided(truth, scores, tuned, k), 12);
        }
        // The lower threshold of a candidate may exceed the threshold of the given options.
        IReadOnlyList<DecodingStep> higher = [new DecodingStep.Hysteresis(0.6)];
        tuned = DetectionTuner.Tune(truth, scores, new() { Threshold = 0.3 }, [higher]);
        Assert.Empty(tuned.Problems());
        Assert.Equal(["Train"], tuned.PerClass.Keys);
    }

    [Fact]
    public void A_class_that_is_absent_from_all_clips_keeps_the_given_options()
    {
        var (truth, scores) = Noisy(knowsEvents: true);
        DetectionOptions options = new() { Threshold = 0.45, Steps = [new DecodingStep.MinimumGap(0.5)] };
        var tuned = DetectionTuner.Tune(truth, scores, options, Few);
        Assert.Equal(["Car", "Train"], tuned.PerClass.Keys.Order());
        Assert.Equal(0.45, tuned.Of("Bus").Threshold);
        Assert.Equal(options.Steps, tuned.Of("Bus").Steps);
    }

    [Fact]
    public void Tags_of_the_weak_output_have_a_separate_threshold()
    {
        var (truth, scores) = Noisy(knowsEvents: true);
        var tuned = DetectionTuner.Tune(truth, scores, new() { Tags = TagSource.WeakOutput }, Few);
        for (var k = 0; k < 2; k++)
        {
            double AtTag(double threshold)
            {
                DetectionOptions options = new()
                {
                    Tags = TagSource.WeakOutput,
                    PerClass = new Dictionary<string, ClassDetection>
                    {
                        [Classes[k]] = new() { Threshold = 0.5, TagThreshold = threshold },
                    },
                };
                return F(new ScoredClips(truth, scores, options).Once().Tagging[k]);
            }
            var best = scores.Weak.Where((_, at) => at % Classes.Count == k).Max(score => AtTag(score));
            Assert.Equal(best, F(new ScoredClips(truth, scores, tuned).Once().Tagging[k]), 12);
        }
    }

    [Fact]
    public void Each_class_gets_the_best_of_all_gates_and_a_fixed_gate_is_kept()
    {
        var (truth, scores) = Noisy(knowsEvents: true);
        double?[] gates = [null, 0.2, 0.3, 0.4];
        DetectionOptions[] fixedGates =
        [
            .. gates.Select(gate => DetectionTuner.Tune(truth, scores, new() { Gate = gate }, Few)),
        ];
        var tuned = DetectionTuner.Tune(truth, scores, new(), Few, gates: gates);
        for (var k = 0; k < 2; k++)
        {
            Assert.Equal(gates, fixedGates.Select(options => options.Of(Classes[k]).Gate));
            var each = fixedGates.Select(options => Decided(truth, scores, options, k)).ToArray();
            Assert.Equal(each.Max(), Decided(truth, scores, tuned, k), 12);
        }
        Assert.Contains(Classes.Take(2), label => tuned.Of(label).Gate is not null);
    }

    [Fact]
    public void Grids_start_with_the_simplest_candidate_and_have_no_duplicates()
    {
        Assert.Empty(DecodingGrid.Smoothing[0]);
        foreach (var (grid, ways) in new[] { (DecodingGrid.Smoothing, 30), (DecodingGrid.ChangePoints, 18) })
        {
            Assert.Equal(ways, grid.Select(steps => string.Join(", ", steps)).Distinct().Count());
            Assert.All(grid, steps => Assert.Empty(new DetectionOptions { Steps = steps }.Problems()));
        }
        Assert.Null(DecodingGrid.Gates[0]);
        Assert.Equal(10, DecodingGrid.Gates.Distinct().Count());
    }

    [Fact]
    public void Metrics_over_all_thresholds_use_the_scores_after_the_steps()
    {
        var (truth, scores) = Noisy(knowsEvents: true);
        DetectionOptions options = new() { Steps = [new DecodingStep.MedianFilter(1.25)] };
        ScoredClips decoded = new(truth, scores, options);
        EventDecoder decoder = new(Classes, Hop, options);
        float[] smooth = [.. Enumerable.Range(0, Clips).SelectMany(clip => decoder.Scores(scores.StrongOf(clip)))];
        ScoredClips written = new(truth, scores with { Strong = smooth }, new());
        // These are computed from the probabilities before the steps.
        Metric[] ofProbabilities = [PsdsMetrics.PiScenario1, PsdsMetrics.PiScenario2, CalibrationMetrics.FrameError];
        foreach (var metric in Metric.All.Except(ofProbabilities))
            Assert.Equal(metric.Of(written), metric.Of(decoded));
        ScoredClips plain = new(truth, scores, new());
        foreach (var metric in (Metric[])[PsdsMetrics.Scenario2, ThresholdMetrics.BestStrongF])
            Assert.NotEqual(metric.Of(plain), metric.Of(decoded));
    }
}
