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

    /// <summary>Scores of few values, so that many are equal, in clips of 1 to 30 frames.</summary>
    private static IEnumerable<float[]> Clips()
    {
        Random random = new(3);
        for (var clip = 0; clip < 400; clip++)
        {
            var own = new float[random.Next(1, 31)];
            for (var frame = 0; frame < own.Length; frame++)
                own[frame] = random.Next(0, 11) / 10f;
            yield return own;
        }
    }

    /// <summary>What a step does, frame by frame at one threshold, against what it does to scores at all of them.</summary>
    private static void SameAtEveryThreshold(DecodingStep step, Func<bool[], float[], bool[]> plain)
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

    private static bool[] Flipped(bool[] active, bool which, int frames)
    {
        bool[] flipped = [.. active];
        for (var from = 0; from < active.Length; )
        {
            var to = from;
            while (to < active.Length && active[to] == active[from])
                to++;
            if (active[from] == which && to - from < frames && (which || (from > 0 && to < active.Length)))
                Array.Fill(flipped, !which, from, to - from);
            from = to;
        }
        return flipped;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(40)]
    public void A_filter_of_scores_decides_as_smoothing_of_active_frames_does_at_every_threshold(int frames)
    {
        SameAtEveryThreshold(new DecodingStep.MinimumDuration(frames), (active, _) => Flipped(active, true, frames));
        SameAtEveryThreshold(new DecodingStep.MinimumGap(frames), (active, _) => Flipped(active, false, frames));
        var reach = frames / 2;
        SameAtEveryThreshold(
            new DecodingStep.MedianFilter(frames),
            (active, _) =>
                [
                    .. active.Select(
                        (_, frame) =>
                            active.Where((own, other) => own && Math.Abs(other - frame) <= reach).Count() > reach
                    ),
                ]
        );
    }

    [Fact]
    public void Hysteresis_of_scores_decides_as_growing_of_active_frames_does_at_every_threshold() =>
        SameAtEveryThreshold(
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
    public void A_box_lies_between_the_steepest_rise_and_the_steepest_fall_and_has_the_mean_of_its_scores()
    {
        Assert.Equal(
            [0, 0, 0.75f, 0.75f, 0.75f, 0.75f, 0, 0],
            Scores(new DecodingStep.ChangePoints(4), 1, 0.125f, 0.125f, 0.75f, 0.5f, 1, 0.75f, 0.125f, 0.125f)
        );
        // A rise in two steps begins with the larger one.
        Assert.Equal(
            [0, 0, 0, 0.875f, 0.875f, 0.875f],
            Scores(new DecodingStep.ChangePoints(2), 1, 0, 0.25f, 0.25f, 0.875f, 0.875f, 0.875f)
        );
    }

    [Fact]
    public void Boxes_reach_to_the_ends_of_the_clip_and_silence_has_none()
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
    public void Neighbours_are_one_where_the_fall_or_the_ratio_between_them_is_small(
        double fall,
        double ratio,
        bool merged
    )
    {
        // Confidences 0.75 and 0.875 around 0.25: a fall of 0.5, a ratio of 3.
        float[] clip = [0.75f, 0.75f, 0.25f, 0.25f, 0.875f, 0.875f];
        var mean = clip.Sum() / clip.Length;
        Assert.Equal(
            merged ? [.. Enumerable.Repeat(mean, 6)] : [0.75f, 0.75f, 0, 0, 0.875f, 0.875f],
            Scores(new DecodingStep.ChangePoints(2, fall, ratio), 1, clip)
        );
    }

    [Fact]
    public void A_threshold_decides_which_boxes_are_events_and_moves_no_border()
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
    public void Options_of_each_class_are_plain_data_that_are_written_and_read_back()
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
            "threshold 0.3, tags from 0.6 on, median filter of 0.5 s, events from 0.2 s on",
            again.Of("Car").Summary
        );
        Assert.Equal(0.4, again.Of("Bus").Threshold);
    }

    [Fact]
    public void Problems_of_a_class_have_its_name_and_a_class_that_is_not_there_is_one()
    {
        DetectionOptions options = new()
        {
            PerClass = new Dictionary<string, ClassDetection>
            {
                ["Car"] = new() { Threshold = 0, Steps = [new DecodingStep.ChangePoints(0, 2, 0.5)] },
                ["Tram"] = new() { Threshold = 0.5 },
            },
        };
        var thrown = Assert.Throws<ArgumentException>(() => new EventDecoder(Car, 0.1, options));
        Assert.StartsWith(
            """
            Car: the threshold is 0; it lies between 0 and 1
            Car: the filter for change points is 0 s long; give it a length, for example 0.5 s
            Car: boxes are merged over a fall below 2; it lies between 0, which is never, and 1
            Car: boxes are merged over a ratio below 0.5; it is 1, which is never, or more
            Tram: it is not one of the classes (Car)
            """.ReplaceLineEndings(),
            thrown.Message
        );
    }
}
