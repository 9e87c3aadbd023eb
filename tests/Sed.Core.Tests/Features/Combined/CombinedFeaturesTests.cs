using Sed.Core.Features;
using Sed.Core.Features.Combined;
using Sed.Core.Features.Encoders;
using Sed.Core.Features.LogMel;
using Sed.Core.Tests.Features.Encoders;
using TorchSharp;

namespace Sed.Core.Tests.Features.Combined;

[Collection(TorchCollection.Name)]
public sealed class CombinedFeaturesTests
{
    [Fact]
    public void Frames_with_a_longer_hop_are_interpolated_between_their_centres()
    {
        // Centres at 2, 6 and 10; the grid's centres are 0.5, 1.5, 2.5, ...
        var result = Converted(4, 1, [10, 20, 30], 12);
        Assert.Equal([10, 10, 11.25f, 13.75f, 16.25f, 18.75f, 21.25f, 23.75f, 26.25f, 28.75f, 30, 30], result);
    }

    [Fact]
    public void Frames_with_a_shorter_hop_are_averaged()
    {
        Assert.Equal([1.5f, 3.5f, 5.5f], Converted(1, 2, [1, 2, 3, 4, 5, 6], 3));
        // The grid's second frame is the time from 1.5 to 3: half of frame 1 and all of frame 2.
        Assert.Equal([(1 + 2 * 0.5f) / 1.5f, (2 * 0.5f + 3) / 1.5f], Converted(1, 1.5, [1, 2, 3], 2));
    }

    [Fact]
    public void Frames_with_the_same_hop_are_unchanged() =>
        Assert.Equal([1, 2, 3], Converted(0.1 + 0.2, 0.3, [1, 2, 3], 3));

    [Theory]
    [InlineData(8000)]
    [InlineData(80_037)]
    [InlineData(150_000)]
    public void Audio_in_pieces_has_the_same_frames_as_the_whole_recording(int length)
    {
        LogMelOptions mel = new()
        {
            Rate = 8000,
            BandCount = 8,
            MaxHz = 4000,
        };
        FeatureSource[] orders =
        [
            new CombinedFeatures([new("mel", mel), new("context", Small(SmallEncoders.WithContext()))]),
            new CombinedFeatures([
                new("vector", Small(SmallEncoders.Vector(16_000)).WithHop(0.5)),
                new("mel", mel),
                new("small", Small(SmallEncoders.Sequence(200))),
            ]),
        ];
        Random random = new(1);
        float[] samples = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
        foreach (var source in orders)
        {
            Assert.Empty(source.Problems());
            using var extractor = source.Extractor(torch.CPU);
            var whole = new float[source.FramesOf(length) * source.Bands];
            extractor.Extract(samples, whole);
            foreach (var size in new[] { 999, 40_000 })
            {
                var stream = source.Stream(extractor);
                List<float> joined = [];
                for (var from = 0; from <= length; from += size)
                    joined.AddRange(
                        stream.Push(samples.AsSpan(from..Math.Min(length, from + size)), from + size > length)
                    );
                Assert.Equal(whole.Length, joined.Count);
                for (var i = 0; i < whole.Length; i++)
                    Assert.Equal(whole[i], joined[i], 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stream_has_only_frames_that_are_computed(bool centred)
    {
        LogMelOptions mel = new()
        {
            Rate = 8000,
            BandCount = 8,
            MaxHz = 4000,
            Centred = centred,
        };
        CombinedFeatures source = new([new("mel", mel), new("small", Small(SmallEncoders.Sequence()))]);
        using var extractor = source.Extractor(torch.CPU);
        RecentFrames frames = new(source, extractor);
        Random random = new(1);
        float[] samples = [.. Enumerable.Range(0, 80_037).Select(_ => random.NextSingle() - 0.5f)];
        foreach (var to in new[] { 100, 8000, 16_057, samples.Length })
        {
            var isLast = to == samples.Length;
            frames.Push(
                samples.AsSpan(
                    (
                        to == 100 ? 0
                        : to == 8000 ? 100
                        : to == 16_057 ? 8000
                        : 16_057
                    )..to
                ),
                isLast
            );
            var available = isLast ? source.FramesOf(to) : Math.Min(to / source.HopSamples, source.FramesOf(to));
            Assert.Equal(available, frames.Count);
            if (available < 5)
                continue;
            var (window, sound) = frames.Window(available - 5, 20);
            Assert.Equal(5, sound);
            for (var frame = 0; frame < sound; frame++)
                Assert.True(window[frame * source.Bands] < -0.1f, $"frame {frame} of 5 after {to} samples is empty");
        }
    }

    [Fact]
    public void Sources_without_a_rate_read_the_audio_at_the_rate_of_the_others()
    {
        CombinedFeatures source = new([
            new("mel", new LogMelOptions { MaxHz = 4000 }),
            new("small", Small(SmallEncoders.Sequence())),
        ]);
        Assert.Equal(8000, source.At(44_100).SampleRate);
    }

    [Fact]
    public void Different_rates_and_equal_names_are_problems()
    {
        CombinedFeatures source = new([
            new("mel", new SampleFrames(16_000, 160)),
            new("mel", Small(SmallEncoders.Sequence())),
        ]);
        Assert.Equal(
            [
                "2 feature sources are named 'mel'; give each its own name",
                "the feature sources have different sampling rates (16000 and 8000 Hz); give all the same rate, for example `rate 16000.0<Hz>`",
            ],
            source.Problems().Select(problem => problem.ToString())
        );
    }

    private static Encoder Small(byte[] content) => new(new FeatureFile("small.onnx", content));

    private static float[] Converted(double hop, double gridHop, float[] frames, int count)
    {
        var result = new float[count];
        new FrameGrid(hop, gridHop).Convert(frames, 0, 1, 0, result, 1, 0);
        return result;
    }
}
