using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Networks.Published;

/// <summary>Published networks that were built with Keras have the numbers of parameters of their authors' code.</summary>
[Collection(TorchCollection.Name)]
public sealed class KerasNetworkTests
{
    [Fact]
    public void Networks_have_the_authors_numbers_of_parameters()
    {
        Torch.Initialize();
        Assert.Equal(1_189_059, Xu.Parameters);
        Assert.Equal(1_721_873, Kaist893.Parameters);
        Assert.Equal(366_801, SedCrnn.Parameters);
        Assert.Equal(51_569, Sobieraj(null).Parameters);
        Assert.Equal(182_969, Sobieraj(null, kernelBands: 20).Parameters);
        Assert.Equal(62_489, Sobieraj(Merge.Concatenate).Parameters);
        foreach (var description in new[] { Xu, SedCrnn, Sobieraj(null) })
        {
            using SedNetwork network = new(description);
            Assert.Equal(description.Parameters, network.ParameterCount);
        }
    }

    /// <summary>The detection network of Xu et al.</summary>
    private static NetworkDescription Xu =>
        new()
        {
            Frames = 240,
            Bands = 64,
            Classes = 17,
            Layers =
            [
                .. Enumerable.Repeat<Layer[]>([Gated, Gated, new Layer.BandPooling(2)], 3).SelectMany(block => block),
                Gated,
                new Layer.BandPooling(2),
                new Layer.Convolution(256, Normalises: false),
                new Layer.BandPooling(4),
                new Layer.GatedGru(128),
            ],
            Weak = new WeakOutput.StrongClassAttention(),
            Dropout = 0,
        };

    private static Layer Gated => new Layer.GatedConvolution(64, HasBias: false, Epsilon: 1e-3);

    /// <summary>Lee et al., KAIST, segments of 39,366 samples.</summary>
    private static NetworkDescription Kaist893 =>
        new()
        {
            Frames = 1,
            Bands = 39_366,
            Classes = 17,
            Layers =
            [
                new Layer.SampleConvolution(128, 3, 3),
                .. Blocks(128, 3, 2),
                .. Blocks(256, 3, 6),
                .. Blocks(512, 2, 1),
                new Layer.SampleConvolution(512, 1),
            ],
            Weak = new WeakOutput.MaxPooling(),
            Dropout = 0,
        };

    private static IEnumerable<Layer> Blocks(int maps, int size, int count) =>
        Enumerable
            .Repeat<Layer[]>([new Layer.SampleConvolution(maps, size), new Layer.BandPooling(size)], count)
            .SelectMany(block => block);

    /// <summary>Adavanne's sed-crnn.</summary>
    private static NetworkDescription SedCrnn =>
        new()
        {
            Frames = 256,
            Bands = 40,
            Classes = 17,
            Layers =
            [
                new Layer.Convolution(128, Epsilon: 1e-3),
                new Layer.BandPooling(5),
                new Layer.Convolution(128, Epsilon: 1e-3),
                new Layer.BandPooling(2),
                new Layer.Convolution(128, Epsilon: 1e-3),
                new Layer.BandPooling(2),
                new Layer.KerasGru(32, Merge.Multiply),
                new Layer.KerasGru(32, Merge.Multiply),
                new Layer.Dense(32, Activation.Linear),
            ],
            Weak = new WeakOutput.MaxPooling(),
            Dropout = 0,
        };

    /// <summary>Sobieraj's tagging network.</summary>
    private static NetworkDescription Sobieraj(Merge? merge, int kernelBands = 5) =>
        new()
        {
            Frames = 861,
            Bands = 40,
            Classes = 17,
            Layers =
            [
                .. new[] { 5, 2, 2, 2 }.SelectMany(bands =>
                    new Layer[]
                    {
                        new Layer.Convolution(24, 5, kernelBands, Normalises: false),
                        new Layer.BandPooling(bands),
                        new Layer.MapNormalisation(1e-3),
                    }
                ),
                new Layer.KerasGru(24, merge),
                new Layer.KerasGru(24, merge),
                new Layer.FramePooling(FrameStatistic.Maximum),
            ],
            Weak = new WeakOutput.MaxPooling(),
            Dropout = 0,
        };
}
