using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Models;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Models;

public sealed class FrameStreamTests
{
    [Theory]
    [InlineData(true, 1000, 0)]
    [InlineData(true, 77777, 0)]
    [InlineData(false, 5000, 0)]
    [InlineData(true, 1000, 0.97)]
    [InlineData(false, 77777, 0.97)]
    public void Features_of_pieces_equal_those_of_the_whole_sound(bool centred, int piece, double preEmphasis)
    {
        var definition = LogMelOptions.Dcase2017 with
        {
            Centred = centred,
            StepSeconds = 0.01,
            PreEmphasis = preEmphasis,
        };
        var draw = RandomSource.For(1, "noise in pieces");
        float[] sound = [.. Enumerable.Range(0, 300_123).Select(_ => draw.NextSingle() - 0.5f)];
        using var extractor = definition.Extractor(TorchSharp.torch.CPU);
        var whole = new float[definition.FramesOf(sound.Length) * definition.Bands];
        extractor.Extract(sound, whole);

        FrameStream stream = new(definition, extractor);
        List<float> streamed = [];
        for (var at = 0; at < sound.Length; at += piece)
            streamed.AddRange(
                stream.Push(sound.AsSpan(at, Math.Min(piece, sound.Length - at)), at + piece >= sound.Length)
            );

        Assert.Equal(whole, streamed);
    }

    [Theory]
    [InlineData(882, 1)]
    [InlineData(1024, 1)]
    [InlineData(881, 0)]
    public void A_recording_shorter_than_the_reflection_is_padded_with_zeros(int samples, int frames)
    {
        var definition = LogMelOptions.Dcase2017;
        var draw = RandomSource.For(1, "short noise");
        float[] sound = [.. Enumerable.Range(0, samples).Select(_ => draw.NextSingle() - 0.5f)];
        using var extractor = definition.Extractor(TorchSharp.torch.CPU);

        var features = new FrameStream(definition, extractor).Push(sound, isLast: true);

        float[] padded = [.. sound, .. new float[1025 - samples]];
        var expected = new float[definition.FramesOf(padded.Length) * definition.Bands];
        extractor.Extract(padded, expected);
        Assert.Equal(expected[..(frames * definition.Bands)], features);
    }
}
