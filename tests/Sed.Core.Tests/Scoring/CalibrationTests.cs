using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Calibrations;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Calibration;
using Sed.Core.Runtime.Keys;
using Sed.Core.Scoring;

namespace Sed.Core.Tests.Scoring;

public sealed class CalibrationTests
{
    private const int Clips = 60;
    private const int Frames = 50;
    private const double Hop = 0.2;
    private static readonly ClassList classes = new(["Car", "Train", "Bus"]);

    /// <summary>
    /// Overconfident outputs: the logits are 2.5 times those of the true probabilities of frames and tags. Buses do not
    /// occur.
    /// </summary>
    private static (ClipTruth Truth, ClipScores Scores) Overconfident(int seed, bool knowsEvents = true)
    {
        Random random = new(seed);
        var strong = new float[Clips * Frames * classes.Count];
        var weak = new float[Clips * classes.Count];
        var tags = new bool[weak.Length];
        List<(string, IReadOnlyList<SoundEvent>)> events = [];
        for (var clip = 0; clip < Clips; clip++)
        {
            List<SoundEvent> own = [];
            for (var k = 0; k < classes.Count; k++)
            {
                for (var frame = 0; frame < Frames; frame++)
                {
                    var logit = (4 * random.NextDouble()) - 3;
                    strong[(((clip * Frames) + frame) * classes.Count) + k] = Sigmoid(2.5 * logit);
                    if (k < 2 && random.NextDouble() < Sigmoid(logit))
                        own.Add(new SoundEvent(frame * Hop, (frame + 1) * Hop, classes[k]));
                }
                var tag = (4 * random.NextDouble()) - 2;
                weak[(clip * classes.Count) + k] = Sigmoid(2.5 * tag);
                tags[(clip * classes.Count) + k] = k < 2 && random.NextDouble() < Sigmoid(tag);
            }
            events.Add(($"{clip}.wav", own));
        }
        string[] names = [.. events.Select(one => one.Item1)];
        return (
            new(classes, names, tags, knowsEvents ? EventList.Of(events) : null),
            new(names, Frames, Hop, strong, weak)
        );
    }

    private static float Sigmoid(double logit) => (float)(1 / (1 + Math.Exp(-logit)));

    private static ScoredClips Calibrated(
        (ClipTruth Truth, ClipScores Scores) clips,
        CalibrationMethod method,
        int fittedOn = 1
    )
    {
        var (truth, scores) = Overconfident(fittedOn);
        var options = new DetectionOptions().Calibrated(CalibrationFitter.Fit(truth, scores, method));
        return new ScoredClips(clips.Truth, clips.Scores, options);
    }

    private static double Likelihood(ScoredClips scored)
    {
        var (sum, count) = (0.0, 0);
        for (var clip = 0; clip < Clips; clip++)
        for (var k = 0; k < 2; k++)
        {
            var probabilities = scored.FrameScores[clip].Of(k);
            var events = scored
                .Truth.Events!.EventsAt(clip)
                .ToArray()
                .Where(sound => sound.Label == classes[k])
                .ToArray();
            for (var frame = 0; frame < Frames; frame++)
            {
                var isPositive = Array.Exists(
                    events,
                    sound => sound.Onset < (frame + 0.5) * Hop && sound.Offset > (frame + 0.5) * Hop
                );
                sum -= Math.Log(isPositive ? probabilities[frame] : 1 - probabilities[frame]);
                count++;
            }
        }
        return sum / count;
    }

    [Theory]
    [InlineData(CalibrationMethod.Temperature)]
    [InlineData(CalibrationMethod.TemperaturePerClass)]
    [InlineData(CalibrationMethod.IsotonicPerClass)]
    public void Calibration_lowers_the_negative_log_likelihood_of_the_clips_it_was_fitted_on(CalibrationMethod method)
    {
        var clips = Overconfident(1);
        var plain = Likelihood(new ScoredClips(clips.Truth, clips.Scores, new()));
        Assert.InRange(Likelihood(Calibrated(clips, method)), 0.3, 0.9 * plain);
    }

    [Theory]
    [InlineData(CalibrationMethod.TemperaturePerClass)]
    [InlineData(CalibrationMethod.IsotonicPerClass)]
    public void Calibration_lowers_the_calibration_error_on_other_clips(CalibrationMethod method)
    {
        var clips = Overconfident(2);
        var plain = new ScoredClips(clips.Truth, clips.Scores, new()).Once();
        var calibrated = Calibrated(clips, method).Once();
        for (var k = 0; k < 2; k++)
        {
            Assert.True(plain.FrameCalibration.Error(k).Value > 0.1);
            Assert.InRange(calibrated.FrameCalibration.Error(k).Value, 0, 0.04);
            Assert.True(calibrated.WeakOutputCalibration.Error(k).Value < plain.WeakOutputCalibration.Error(k).Value);
        }
        Assert.True(
            CalibrationMetrics.FrameError.RateOf(calibrated).Value < CalibrationMetrics.FrameError.RateOf(plain).Value
        );
    }

    [Fact]
    public void The_temperature_is_that_of_the_outputs()
    {
        var (truth, scores) = Overconfident(3);
        var fitted = CalibrationFitter.Fit(truth, scores, CalibrationMethod.TemperaturePerClass);
        foreach (var label in (string[])["Car", "Train"])
            Assert.Equal(2.5, Assert.IsType<ProbabilityMap.Temperature>(fitted.Frames[label]).Value, 0.25);
        // No bus is in the clips, so its probabilities are not changed.
        Assert.Equal(["Car", "Train"], fitted.Frames.Keys.Order());
        Assert.Equal(["Car", "Train"], fitted.Weak.Keys.Order());
        var shared = CalibrationFitter.Fit(truth, scores, CalibrationMethod.Temperature);
        Assert.Single(shared.Frames.Values.Distinct());
        Assert.Equal(3, shared.Frames.Count);
    }

    [Fact]
    public void Without_event_times_only_the_weak_output_is_calibrated()
    {
        var (truth, scores) = Overconfident(3, knowsEvents: false);
        var fitted = CalibrationFitter.Fit(truth, scores, CalibrationMethod.IsotonicPerClass);
        Assert.Empty(fitted.Frames);
        Assert.Equal(2, fitted.Weak.Count);
    }

    [Fact]
    public void Unknown_tags_and_times_are_left_out()
    {
        var (truth, scores) = Overconfident(4);
        var half = truth.Tags.Select((_, at) => at < truth.Tags.Length / 2).ToArray();
        KnownSpans[] first = [.. classes.Select(_ => KnownSpans.Of([(0, Hop * Frames / 2)]))];
        var known = truth with
        {
            KnownTags = half,
            KnownTimes = KnownTimes.Of(truth.Names.Select(name => (name, first))),
        };
        // Outputs at unknown times and of unknown tags are replaced.
        var (strong, weak) = (scores.Strong.ToArray(), scores.Weak.ToArray());
        for (var at = 0; at < strong.Length; at++)
            if (at / classes.Count % Frames >= Frames / 2)
                strong[at] = 0.99f;
        for (var at = weak.Length / 2; at < weak.Length; at++)
            weak[at] = 0.99f;
        var replaced = scores with { Strong = strong, Weak = weak };
        foreach (var method in Enum.GetValues<CalibrationMethod>())
            Assert.Equal(
                CanonicalKey.Text(CalibrationFitter.Fit(known, scores, method)),
                CanonicalKey.Text(CalibrationFitter.Fit(known, replaced, method))
            );
    }

    [Fact]
    public void Segments_above_a_tuned_threshold_stay_the_same_with_temperature_scaling()
    {
        var clips = Overconfident(5);
        IReadOnlyList<IReadOnlyList<DecodingStep>> steps =
        [
            [new DecodingStep.MedianFilter(0.6)],
        ];
        var plain = DetectionTuner.Tune(clips.Truth, clips.Scores, new(), steps);
        var calibration = CalibrationFitter.Fit(clips.Truth, clips.Scores, CalibrationMethod.TemperaturePerClass);
        var calibrated = DetectionTuner.Tune(
            clips.Truth,
            clips.Scores,
            new DetectionOptions().Calibrated(calibration),
            steps
        );
        Assert.Same(calibration, calibrated.Calibration);
        Assert.NotEqual(plain.Of("Car").Threshold, calibrated.Of("Car").Threshold, 0.01);
        ScoredClips before = new(clips.Truth, clips.Scores, plain);
        ScoredClips after = new(clips.Truth, clips.Scores, calibrated);
        for (var k = 0; k < classes.Count; k++)
            Assert.Equal(before.Once().Segments[k], after.Once().Segments[k]);
    }

    [Fact]
    public void Decoders_calibrate_before_gates_steps_and_thresholds()
    {
        var map = new ProbabilityMap.Isotonic([0, 0.2, 0.4], [0, 0.8, 0.9]);
        DetectionOptions options = new()
        {
            Gate = 0.7,
            Calibration = new()
            {
                Frames = new Dictionary<string, ProbabilityMap> { ["Car"] = map },
                Weak = new Dictionary<string, ProbabilityMap> { ["Car"] = map },
            },
        };
        ClassList car = new(["Car"]);
        float[] frames = [0.1f, 0.2f, 0.3f, 0.05f];
        var events = new EventDecoder(car, 1, options).Decode(frames, [0.2f]);
        Assert.Equal([new SoundEvent(1, 3, "Car")], events);
        StreamingDecoder stream = new(car, 1, options);
        List<SoundEvent> streamed = [.. stream.Push(frames), .. stream.Finish([0.2f])];
        Assert.Equal(events, streamed);
        Assert.Empty(new EventDecoder(car, 1, options).Decode(frames, [0.1f]));
        Assert.Equal([0.4f, 0.8f, 0.85f, 0.2f], new EventDecoder(car, 1, options).Scores(frames, [0.2f]));
    }

    [Fact]
    public void A_calibration_of_other_classes_or_with_bad_points_is_a_problem()
    {
        DetectionOptions options = new()
        {
            Calibration = new()
            {
                Weak = new Dictionary<string, ProbabilityMap>
                {
                    ["Tram"] = new ProbabilityMap.Temperature(1),
                    ["Car"] = new ProbabilityMap.Temperature(0),
                },
            },
        };
        var error = Assert.Throws<ArgumentException>(() => new EventDecoder(classes, 1, options)).Message;
        Assert.Contains("calibration of the weak output, Car: the temperature is 0", error);
        Assert.Contains("Tram: there is no such class", error);
    }

    [Fact]
    public void The_calibration_error_is_the_weighted_gap_between_probability_and_observed_fraction()
    {
        // Bins (1/15, 2/15] and (14/15, 1]: gaps of |0.1 - 1/2| and |0.95 - 1|.
        ClipTruth truth = new(new(["Car"]), ["a", "b", "c"], [true, false, true], null);
        ScoredClips scored = new(truth, new(["a", "b", "c"], 1, 1, [0, 0, 0], [0.1f, 0.1f, 0.95f]), new());
        var counts = scored.Once().WeakOutputCalibration;
        Assert.Equal(((2 * 0.4) + 0.05) / 3, counts.Error(0).Value, 1e-7);
        Assert.Equal(counts.Error(0), CalibrationMetrics.WeakOutputError.RateOf(scored.Once()));
        Assert.Equal(2, counts[0, 1].Predictions);
        Assert.Equal(0.5, counts[0, 1].PositiveRate);
        Assert.Equal(0.95, counts.Pooled()[CalibrationCounts.Bins - 1].MeanProbability, 1e-7);
        // A clip that counts twice.
        Assert.Equal(
            ((2 * 0.4) + (2 * 0.05)) / 4,
            scored.Weighted([1, 1, 2]).WeakOutputCalibration.Error(0).Value,
            1e-7
        );
    }

    [Fact]
    public void Scores_that_are_not_probabilities_have_no_calibration_error()
    {
        CalibrationCounts.Builder builder = new(new(["Car"]));
        builder.Add(0, 0.5, true);
        builder.Add(0, double.NegativeInfinity, false);
        Assert.Equal("some scores are not probabilities from 0 to 1", builder.Build().MeanError().Why);
        Assert.Equal(
            "no prediction of the class has a known label",
            new CalibrationCounts.Builder(new(["Car"])).Build().MeanError().Why
        );
    }
}
