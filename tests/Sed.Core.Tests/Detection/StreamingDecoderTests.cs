using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;

namespace Sed.Core.Tests.Detection;

public sealed class StreamingDecoderTests
{
    private static readonly ClassList classes = new(["Car", "Bus", "Train"]);

    private static readonly DecodingStep[][] stepLists =
    [
        [],
        [new DecodingStep.MedianFilter(0.2)],
        [new DecodingStep.MinimumGap(0.3)],
        [new DecodingStep.MinimumDuration(0.15)],
        [new DecodingStep.Hysteresis(0.2)],
        [
            new DecodingStep.Hysteresis(0.3),
            new DecodingStep.MedianFilter(0.14),
            new DecodingStep.MinimumGap(0.2),
            new DecodingStep.MinimumDuration(0.1),
        ],
        [new DecodingStep.MinimumDuration(0.06), new DecodingStep.MinimumGap(0.1), new DecodingStep.MedianFilter(0.3)],
    ];

    public static TheoryData<int> StepLists() => [.. Enumerable.Range(0, stepLists.Length)];

    [Theory]
    [MemberData(nameof(StepLists))]
    public void Streaming_finds_the_events_of_the_whole_recording(int number)
    {
        AssertSame(new DetectionOptions { Threshold = 0.5, Steps = stepLists[number] }, number);
    }

    [Fact]
    public void Class_options_apply_to_streaming_too()
    {
        DetectionOptions options = new()
        {
            Steps = [new DecodingStep.MedianFilter(0.1)],
            PerClass = new Dictionary<string, ClassDetection>
            {
                ["Bus"] = new() { Threshold = 0.3, Steps = stepLists[^2] },
                ["Train"] = new() { Threshold = 0.8 },
            },
        };
        AssertSame(options, 11);
        AssertSame(
            options with
            {
                PerClass = new Dictionary<string, ClassDetection>(options.PerClass)
                {
                    ["Car"] = new() { Threshold = 0.4, Steps = [new DecodingStep.ChangePoints(0.3)] },
                },
            },
            12
        );
    }

    [Fact]
    public void The_constructor_refuses_unusable_options()
    {
        DetectionOptions options = new()
        {
            Threshold = 2,
            PerClass = new Dictionary<string, ClassDetection> { ["Tram"] = new() { Threshold = 0.3 } },
        };
        Assert.StartsWith(
            """
            the threshold is 2; it must lie between 0 and 1
            Tram: there is no such class; use one of Car; Bus; Train
            """.ReplaceLineEndings(),
            Assert.Throws<ArgumentException>(() => new StreamingDecoder(classes, 0.02, options)).Message
        );
    }

    private static void AssertSame(DetectionOptions options, int seed)
    {
        const double Hop = 0.02;
        var draw = new Random(seed);
        var early = 0;
        for (var round = 0; round < 50; round++)
        {
            var frames = draw.Next(1, 600);
            var probabilities = new float[frames * classes.Count];
            var level = 0f;
            for (var at = 0; at < probabilities.Length; at++)
            {
                // A piecewise constant level with noise.
                if (draw.Next(60) == 0)
                    level = draw.NextSingle();
                probabilities[at] = Math.Clamp(level + (draw.NextSingle() - 0.5f) * 0.5f, 0, 1);
            }
            StreamingDecoder decoder = new(classes, Hop, options);
            List<SoundEvent> found = [];
            for (var frame = 0; frame < frames; )
            {
                var count = Math.Min(draw.Next(1, 40), frames - frame);
                var now = decoder.Push(probabilities.AsSpan(frame * classes.Count, count * classes.Count));
                frame += count;
                Assert.All(now, sound => Assert.True(sound.Offset <= frame * Hop + 1e-9));
                // Hysteresis can extend an event without limit.
                if (!options.Steps.OfType<DecodingStep.Hysteresis>().Any() && options.PerClass.Count == 0)
                    Assert.All(
                        now,
                        sound => Assert.True((frame - count) * Hop - sound.Offset < decoder.DelaySeconds - 1e-9)
                    );
                early += now.Count;
                found.AddRange(now);
            }
            found.AddRange(decoder.Finish());
            Assert.Equal(
                new EventDecoder(classes, Hop, options)
                    .Decode(probabilities)
                    .OrderBy(sound => (sound.Label, sound.Onset)),
                found.OrderBy(sound => (sound.Label, sound.Onset))
            );
        }
        Assert.True(early > 0);
    }
}
