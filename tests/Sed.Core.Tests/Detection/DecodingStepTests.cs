using System.Text.Json;
using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;

namespace Sed.Core.Tests.Detection;

public sealed class DecodingStepTests
{
    private static readonly ClassList Car = new(["Car"]);

    private static float[] Scores(DecodingStep step, double hop, params float[] probabilities) =>
        new EventDecoder(Car, hop, new() { Steps = [step] }).Scores(probabilities);

    /// <summary>Clips of 1 to 30 frames whose scores take only 11 values, so that many are equal.</summary>
    private static IEnumerable<float[]> Clips()
    {
        Random random = new(3);
        for (var clip = 0; clip < 400; clip++)
        {
            var scores = new float[random.Next(1, 31)];
            for (var frame = 0; frame < scores.Length; frame++)
                scores[frame] = random.Next(0, 11) / 10f;
            yield return scores;
        }
    }

    /// <summary>Compares a step on the scores with its plain form on the active frames, at many thresholds.</summary>
    private static void AssertSameAtEveryThreshold(DecodingStep step, Func<bool[], float[], bool[]> plain)
    {
        foreach (var clip in Clips())
        {
            var scores = Scores(step, 1, clip);
            for (var threshold = 0.05; threshold < 1; threshold += 0.1)
                Assert.Equal(
                    plain([.. clip.Select(score => score >= threshold)], clip),
                    scores.Select(score => score >= threshold)
                );
        }
    }

    /// <summary>Inverts runs of a value that are shorter than a number of frames; inactive runs only between active ones.</summary>
    private static bool[] ShortRunsInverted(bool[] active, bool which, int frames)
    {
        bool[] inverted = [.. active];
        for (var from = 0; from < active.Length; )
        {
            var to = from;
            while (to < active.Length && active[to] == active[from])
                to++;
            if (active[from] == which && to - from < frames && (which || (from > 0 && to < active.Length)))
                Array.Fill(inverted, !which, from, to - from);
            from = to;
        }
        return inverted;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(40)]
    public void Filtering_scores_equals_smoothing_active_frames_at_every_threshold(int frames)
    {
        AssertSameAtEveryThreshold(
            new DecodingStep.MinimumDuration(frames),
            (active, _) => ShortRunsInverted(active, true, frames)
        );
        AssertSameAtEveryThreshold(
            new DecodingStep.MinimumGap(frames),
            (active, _) => ShortRunsInverted(active, false, frames)
        );
        var half = frames / 2;
        AssertSameAtEveryThreshold(
            new DecodingStep.MedianFilter(frames),
            (active, _) =>
                [
                    .. active.Select(
                        (_, frame) =>
                            active.Where((isActive, other) => isActive && Math.Abs(other - frame) <= half).Count()
                            > half
                    ),
                ]
        );
    }

    [Fact]
    public void Hysteresis_on_scores_equals_growing_active_frames_at_every_threshold() =>
        AssertSameAtEveryThreshold(
            new DecodingStep.Hysteresis(0.35),
            (active, scores) =>
            {
                for (var frame = 1; frame < active.Length; frame++)
                    active[frame] |= active[frame - 1] && scores[frame] >= 0.35;
                for (var frame = active.Length - 2; frame >= 0; frame--)
                    active[frame] |= active[frame + 1] && scores[frame] >= 0.35;
                return active;
            }
        );

    [Fact]
    public void A_box_extends_from_the_steepest_rise_to_the_steepest_fall_and_its_score_is_the_mean()
    {
        Assert.Equal(
            [0, 0, 0.75f, 0.75f, 0.75f, 0.75f, 0, 0],
            Scores(new DecodingStep.ChangePoints(4), 1, 0.125f, 0.125f, 0.75f, 0.5f, 1, 0.75f, 0.125f, 0.125f)
        );
        // Of two rises, the larger one is the onset.
        Assert.Equal(
            [0, 0, 0, 0.875f, 0.875f, 0.875f],
            Scores(new DecodingStep.ChangePoints(2), 1, 0, 0.25f, 0.25f, 0.875f, 0.875f, 0.875f)
        );
    }

    [Fact]
    public void Boxes_can_touch_both_ends_of_the_clip_and_silence_has_no_box()
    {
        Assert.Equal([0.5f, 0.5f, 0.5f], Scores(new DecodingStep.ChangePoints(2), 1, 0.5f, 0.5f, 0.5f));
        Assert.Equal([0, 0, 0], Scores(new DecodingStep.ChangePoints(2), 1, 0, 0, 0));
        Assert.Equal([0.5f], Scores(new DecodingStep.ChangePoints(20), 1, 0.5f));
    }

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(0.5, 1, false)]
    [InlineData(0.625, 1, true)]
    [InlineData(0, 3, false)]
    [InlineData(0, 3.25, true)]
    public void Neighbouring_boxes_are_merged_below_the_difference_or_the_ratio(
        double difference,
        double ratio,
        bool merged
    )
    {
        // Confidences 0.75 and 0.875, gap 0.25: difference 0.5, ratio 3.
        float[] clip = [0.75f, 0.75f, 0.25f, 0.25f, 0.875f, 0.875f];
        var mean = clip.Sum() / clip.Length;
        Assert.Equal(
            merged ? [.. Enumerable.Repeat(mean, 6)] : [0.75f, 0.75f, 0, 0, 0.875f, 0.875f],
            Scores(new DecodingStep.ChangePoints(2, difference, ratio), 1, clip)
        );
    }

    [Fact]
    public void The_threshold_selects_boxes_and_does_not_move_their_boundaries()
    {
        Random random = new(1);
        for (var clip = 0; clip < 50; clip++)
        {
            float[] noise = [.. Enumerable.Range(0, 60).Select(_ => random.NextSingle())];
            List<SoundEvent> At(double threshold) =>
                new EventDecoder(
                    Car,
                    0.1,
                    new() { Threshold = threshold, Steps = [new DecodingStep.ChangePoints(0.6, MergeDifference: 0.1)] }
                ).Decode(noise);
            var all = At(1e-6);
            Assert.NotEmpty(all);
            for (var threshold = 0.1; threshold < 1; threshold += 0.1)
                Assert.Subset(all.ToHashSet(), At(threshold).ToHashSet());
        }
    }

    [Fact]
    public void Class_options_survive_serialisation()
    {
        DetectionOptions options = new()
        {
            Threshold = 0.4,
            Steps = [new DecodingStep.MinimumGap(0.1), new DecodingStep.Hysteresis(0.2)],
            Tags = TagSource.WeakOutput,
            PerClass = new Dictionary<string, ClassDetection>
            {
                ["Car"] = new()
                {
                    Threshold = 0.3,
                    TagThreshold = 0.6,
                    Steps = [new DecodingStep.MedianFilter(0.5), new DecodingStep.MinimumDuration(0.2)],
                },
                ["Train"] = new() { Threshold = 0.7, Steps = [new DecodingStep.ChangePoints(0.5, 0.2, 1.5)] },
            },
        };
        var text = JsonSerializer.Serialize(options);
        var again = JsonSerializer.Deserialize<DetectionOptions>(text)!;
        Assert.Equal(text, JsonSerializer.Serialize(again));
        foreach (var label in (string[])["Car", "Train", "Bus"])
        {
            Assert.Equal(options.Of(label).Steps, again.Of(label).Steps);
            Assert.Equal(options.Of(label).Summary, again.Of(label).Summary);
        }
        Assert.Equal(
            "threshold 0.3, tag threshold 0.6, median filter of 0.5 s, minimum duration 0.2 s",
            again.Of("Car").Summary
        );
        Assert.Equal(0.4, again.Of("Bus").Threshold);
    }

    [Fact]
    public void Problems_name_the_class_and_an_unknown_class_is_a_problem()
    {
        DetectionOptions options = new()
        {
            PerClass = new Dictionary<string, ClassDetection>
            {
                ["Car"] = new()
                {
                    Threshold = 0,
                    TagThreshold = 1,
                    Steps = [new DecodingStep.ChangePoints(0, 2, 0.5)],
                },
                ["Tram"] = new() { Threshold = 0.5 },
            },
        };
        var thrown = Assert.Throws<ArgumentException>(() => new EventDecoder(Car, 0.1, options));
        Assert.StartsWith(
            """
            Car: the threshold is 0; it must lie between 0 and 1
            Car: the tag threshold is 1; it must lie between 0 and 1
            Car: the change point filter is 0 s long; it must be longer than 0 s, for example 0.5 s
            Car: the merge difference is 2; it must lie between 0 (off) and 1
            Car: the merge ratio is 0.5; it must be 1 (off) or more
            Tram: there is no such class; use one of Car
            """.ReplaceLineEndings(),
            thrown.Message
        );
    }
}
