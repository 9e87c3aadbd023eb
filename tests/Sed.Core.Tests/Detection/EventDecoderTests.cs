using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;

namespace Sed.Core.Tests.Detection;

public sealed class EventDecoderTests
{
    private static readonly ClassList Classes = new(["Car", "Train"]);

    private static IEnumerable<SoundEvent> Decode(DetectionOptions options, string car, string train)
    {
        var probabilities = car.Zip(train).SelectMany(frame => new[] { Level(frame.First), Level(frame.Second) });
        return new EventDecoder(Classes, 0.02, options).Decode([.. probabilities]);
    }

    private static float Level(char frame) => frame == '#' ? 0.9f : 0.1f;

    [Fact]
    public void Consecutive_active_frames_of_a_class_form_one_event()
    {
        Assert.Equal(
            [new SoundEvent(0.02, 0.06, "Car"), new SoundEvent(0.08, 0.1, "Car"), new SoundEvent(0, 0.1, "Train")],
            Decode(new(), ".##.#", "#####")
        );
    }

    [Fact]
    public void A_probability_at_the_threshold_is_active()
    {
        EventDecoder decoder = new(Classes, 0.02, new() { Threshold = 0.25 });
        Assert.Equal([new SoundEvent(0, 0.02, "Car")], decoder.Decode([0.25f, 0.2499f]));
    }

    [Fact]
    public void Events_shorter_than_the_minimum_duration_are_dropped()
    {
        DetectionOptions options = new() { Steps = [new DecodingStep.MinimumDuration(0.04)] };
        Assert.Equal([new SoundEvent(0.04, 0.08, "Car")], Decode(options, "#.##.#", "......"));
    }

    [Fact]
    public void Gaps_between_events_shorter_than_the_minimum_gap_are_closed()
    {
        DetectionOptions options = new() { Steps = [new DecodingStep.MinimumGap(0.04)] };
        Assert.Equal(
            [new SoundEvent(0.02, 0.08, "Car"), new SoundEvent(0.12, 0.14, "Car")],
            Decode(options, ".#.#..#.", "........")
        );
    }

    [Fact]
    public void Hysteresis_extends_an_event_in_both_directions_down_to_the_lower_threshold()
    {
        EventDecoder decoder = new(new(["Car"]), 0.02, new() { Steps = [new DecodingStep.Hysteresis(0.3)] });
        Assert.Equal([new SoundEvent(0.04, 0.1, "Car")], decoder.Decode([0.4f, 0.2f, 0.4f, 0.6f, 0.3f, 0.1f, 0.4f]));
    }

    [Fact]
    public void Steps_are_applied_in_order()
    {
        DecodingStep gap = new DecodingStep.MinimumGap(0.04),
            duration = new DecodingStep.MinimumDuration(0.06);
        Assert.Single(Decode(new() { Steps = [gap, duration] }, "#.#", "..."));
        Assert.Empty(Decode(new() { Steps = [duration, gap] }, "#.#", "..."));
    }

    [Fact]
    public void The_median_filter_drops_short_events_and_closes_short_gaps()
    {
        DetectionOptions options = new() { Steps = [new DecodingStep.MedianFilter(0.06)] };
        Assert.Equal([new SoundEvent(0.06, 0.16, "Car")], Decode(options, "#..##.##.", "........."));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(17)]
    [InlineData(40)]
    public void Decoding_equals_a_plain_loop_for_any_number_of_classes(int count)
    {
        var random = new Random(count);
        ClassList classes = new(Enumerable.Range(0, count).Select(k => $"class {k}"));
        for (var trial = 0; trial < 50; trial++)
        {
            // Scores at the float nearest to each threshold and at its two neighbours.
            var thresholds = classes.ToDictionary(label => label, _ => 0.1 * random.Next(1, 10));
            var frames = random.Next(0, 30);
            var scores = new float[frames * count];
            for (var i = 0; i < scores.Length; i++)
            {
                var near = (float)thresholds[classes[i % count]];
                float[] candidates = [near, MathF.BitIncrement(near), MathF.BitDecrement(near), 0, 1, float.NaN];
                scores[i] = candidates[random.Next(candidates.Length)];
            }
            DetectionOptions options = new()
            {
                PerClass = thresholds.ToDictionary(
                    entry => entry.Key,
                    entry => new ClassDetection { Threshold = entry.Value }
                ),
            };
            List<SoundEvent> expected = [];
            for (var k = 0; k < count; k++)
            for (var frame = 0; frame < frames; frame++)
            {
                var onset = frame;
                while (frame < frames && scores[frame * count + k] >= thresholds[classes[k]])
                    frame++;
                if (frame > onset)
                    expected.Add(new SoundEvent(onset / 50.0, frame / 50.0, classes[k]));
            }
            Assert.Equal(expected, new EventDecoder(classes, 0.02, options).Decode(scores));
        }
    }

    [Fact]
    public void Offsets_after_whole_seconds_are_exact()
    {
        EventDecoder decoder = new(new ClassList(["Car"]), 0.02, new());
        for (var frames = 50; frames <= 500; frames += 50)
        {
            var probabilities = new float[500];
            probabilities.AsSpan(0, frames).Fill(1);
            Assert.Equal(frames / 50, Assert.Single(decoder.Decode(probabilities)).Offset);
        }
    }

    [Fact]
    public void Unusable_options_are_refused_and_every_problem_is_named()
    {
        DetectionOptions options = new()
        {
            Threshold = 1,
            Steps = [new DecodingStep.MedianFilter(-1), new DecodingStep.Hysteresis(2)],
        };
        var thrown = Assert.Throws<ArgumentException>(() => new EventDecoder(Classes, 0.02, options));
        Assert.StartsWith(
            """
            the threshold is 1; it must lie between 0 and 1
            the length of the median filter is -1 s; it must be 0 s (off) or more
            the lower hysteresis threshold is 2; it must lie between 0 and 1
            """.ReplaceLineEndings(),
            thrown.Message
        );
    }
}
