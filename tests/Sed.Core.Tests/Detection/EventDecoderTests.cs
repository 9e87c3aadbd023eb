using Sed.Core.Annotations;
using Sed.Core.Detection;

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
    public void Active_frames_that_touch_are_one_event_of_their_class()
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
    public void The_median_filter_drops_what_is_short_and_closes_what_is_narrow()
    {
        DetectionOptions options = new() { MedianSeconds = 0.06 };
        Assert.Equal([new SoundEvent(0.06, 0.16, "Car")], Decode(options, "#..##.##.", "........."));
    }

    [Fact]
    public void Whole_seconds_of_frames_are_whole_seconds()
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
    public void Unusable_options_are_refused_with_their_values()
    {
        DetectionOptions options = new() { Threshold = 1, MedianSeconds = -1 };
        var thrown = Assert.Throws<ArgumentException>(() => new EventDecoder(Classes, 0.02, options));
        Assert.StartsWith(
            "Threshold must be between 0 and 1, was 1.\nMedianSeconds must be 0 s or more, was -1 s.".ReplaceLineEndings(),
            thrown.Message
        );
    }
}
