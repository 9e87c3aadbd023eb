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
                    Steps = [new DecodingStep.ChangePoints(0, 2, 0.5), new DecodingStep.MinimumDuration(0.2)],
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
            Car: another step follows the change points: minimum duration 0.2 s; put the change points last, because they output boxes, not frame scores
            Tram: there is no such class; use one of Car
            """.ReplaceLineEndings(),
            thrown.Message
        );
    }
}
