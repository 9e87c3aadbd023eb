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
}
