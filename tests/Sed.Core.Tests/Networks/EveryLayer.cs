using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Networks;

/// <summary>Small networks of random sizes that cover every layer. A new layer needs an entry here.</summary>
internal static class EveryLayer
{
    // Bands are a multiple of eight, frames at least four.
    private static readonly Dictionary<string, Func<Random, Layer[]>> stacks = new()
    {
        ["context"] = draw => [new Layer.Context(Odd(draw, 7))],
        ["convolution"] = draw => [new Layer.Convolution(Some(draw)), new Layer.BandPooling(4)],
        ["wide convolution"] = draw => [new Layer.Convolution(Some(draw), Odd(draw, 7), 5)],
        ["even convolution"] = draw =>
            [
                new Layer.Convolution(Some(draw), 2 * draw.Next(1, 3), 4),
                new Layer.BandPooling(2),
                new Layer.Convolution(Some(draw), 3, 2, Epsilon: 1e-3),
                new Layer.Convolution(Some(draw), 2, Odd(draw, 5), NormalisesInput: true, Slope: 0.1),
            ],
        ["gated convolution"] = draw =>
            [new Layer.GatedConvolution(Some(draw), Odd(draw, 5), Odd(draw, 5)), new Layer.BandPooling(2)],
        ["convolution, then a gated one"] = draw =>
            [new Layer.Convolution(Some(draw)), new Layer.BandPooling(2), new Layer.GatedConvolution(Some(draw))],
        ["double convolution"] = draw =>
            [new Layer.DoubleConvolution(Some(draw)), new Layer.Pooling(2, 2, PoolingKind.Mean)],
        ["two double convolutions"] = draw =>
            [
                new Layer.DoubleConvolution(Some(draw)),
                new Layer.Pooling(2, 2, PoolingKind.Mean),
                new Layer.DoubleConvolution(Some(draw)),
                new Layer.Pooling(2, 4, PoolingKind.Maximum),
            ],
        ["residual"] = draw => [new Layer.DoubleConvolution(4, true), new Layer.DoubleConvolution(4, true)],
        ["dense block"] = draw =>
            [
                new Layer.Convolution(Some(draw)),
                new Layer.DenseBlock(Some(draw), Some(draw)),
                new Layer.Convolution(3, 1, 1),
            ],
        ["sample convolution"] = draw =>
            [
                new Layer.SampleConvolution(Some(draw), 4, 2),
                new Layer.SampleConvolution(Some(draw), Odd(draw, 5)),
                new Layer.BandPooling(2),
                new Layer.SampleConvolution(Some(draw), 2, 2),
            ],
        ["even sample convolution"] = draw =>
            [
                new Layer.SampleConvolution(Some(draw), 2, 2),
                new Layer.SampleConvolution(Some(draw), 2 * draw.Next(1, 3)),
                new Layer.BandPooling(2),
                new Layer.SampleConvolution(Some(draw), 5, 2),
                new Layer.SampleConvolution(Some(draw), 2),
            ],
        ["pooling over time"] = draw =>
            [
                new Layer.Convolution(Some(draw)),
                new Layer.Pooling(draw.Next(1, 4), 4, PoolingKind.Mean),
                new Layer.BidirectionalGru(Some(draw), Merge.Multiply),
            ],
        ["upsampling"] = draw =>
            [
                new Layer.Convolution(Some(draw)),
                new Layer.Pooling(2, 2, PoolingKind.Maximum),
                new Layer.Upsampling(draw.Next(1, 4), UpsamplingKind.Linear),
            ],
        ["repetition"] = draw =>
            [
                new Layer.Pooling(2, 2, PoolingKind.Maximum),
                new Layer.Upsampling(draw.Next(1, 4), UpsamplingKind.Repetition),
                new Layer.Dense(Some(draw), Activation.Relu),
            ],
        ["GRU"] = draw => [new Layer.BidirectionalGru(Some(draw), Merge.Concatenate)],
        ["GRUs after a dense layer"] = draw =>
            [
                new Layer.Dense(Some(draw), Activation.Linear),
                new Layer.BidirectionalGru(Some(draw), Merge.Multiply),
                new Layer.BidirectionalGru(Some(draw), Merge.Concatenate),
            ],
        ["Keras GRU"] = draw => [new Layer.KerasGru(Some(draw))],
        ["Keras GRUs"] = draw =>
            [
                new Layer.KerasGru(Some(draw), Merge.Multiply, Candidate.Sigmoid),
                new Layer.KerasGru(Some(draw), Merge.Concatenate, Candidate.Linear),
                new Layer.KerasGru(Some(draw), Merge.Concatenate),
                new Layer.KerasGru(Some(draw), null, Candidate.Linear),
            ],
        ["gated GRU"] = draw => [new Layer.GatedGru(Some(draw))],
        ["gated GRU after convolutions"] = draw =>
            [new Layer.Convolution(Some(draw)), new Layer.BandPooling(8), new Layer.GatedGru(Some(draw))],
        ["convolution without normalisation"] = draw =>
            [new Layer.Convolution(Some(draw), 5, 5, Normalises: false), new Layer.Pooling(1, 2, PoolingKind.Maximum)],
        ["plain attention"] = draw =>
            [new Layer.Dense(6 * draw.Next(1, 4), Activation.Linear), new Layer.PlainAttention(3, 0, 0)],
        ["self-attention"] = draw =>
            [new Layer.Dense(6 * draw.Next(1, 4), Activation.Linear), new Layer.SelfAttention(3)],
        ["conformer"] = draw =>
            [new Layer.Dense(4 * draw.Next(1, 4), Activation.Linear), new Layer.Conformer(2, Odd(draw, 7))],
        ["layer normalisation"] = draw =>
            [new Layer.LayerNormalisation(), new Layer.Dense(Some(draw), Activation.Relu)],
        ["fusion after convolutions"] = draw =>
            [
                new Layer.Convolution(Some(draw)),
                new Layer.Pooling(2, 4, PoolingKind.Maximum),
                new Layer.Fusion("bands", ["others"]),
                new Layer.BidirectionalGru(Some(draw), Merge.Multiply),
            ],
        ["fusion before convolutions"] = draw =>
            [new Layer.Fusion("bands", ["others"]), new Layer.Convolution(Some(draw)), new Layer.BandPooling(2)],
        ["fusion after upsampling"] = draw =>
            [
                new Layer.Dense(Some(draw), Activation.Relu),
                new Layer.Upsampling(2, UpsamplingKind.Repetition),
                new Layer.Fusion("bands", ["others"]),
            ],
        ["convolution without bias"] = draw =>
            [
                new Layer.Convolution(Some(draw), HasBias: false),
                new Layer.DoubleConvolution(Some(draw), HasBias: false),
            ],
        ["residual without bias"] = draw => [new Layer.DoubleConvolution(Some(draw), true, HasBias: false)],
        ["normalisation before convolution"] = draw =>
            [
                new Layer.Convolution(Some(draw), 3, 3, HasBias: false, NormalisesInput: true, Slope: 0.1),
                new Layer.NormPooling(draw.Next(1, 3), 4),
                new Layer.Convolution(Some(draw), 1, 3, Slope: 0.2),
                new Layer.NormPooling(2, 1, 2),
            ],
        ["normalisation of bands"] = draw => [new Layer.BandNormalisation(), new Layer.Convolution(Some(draw))],
        ["normalisation of bands of maps"] = draw => [new Layer.Convolution(Some(draw)), new Layer.BandNormalisation()],
        ["mean of all frames"] = draw =>
            [new Layer.Convolution(Some(draw)), new Layer.FramePooling(FrameStatistic.Mean)],
        ["maximum plus mean of all frames"] = draw =>
            [new Layer.FramePooling(FrameStatistic.MaximumPlusMean), new Layer.Dense(Some(draw), Activation.HardSwish)],
        ["mean of windows"] = draw => [new Layer.FramePooling(FrameStatistic.Mean, Odd(draw, 5))],
        ["maximum plus mean of windows"] = draw =>
            [new Layer.FramePooling(FrameStatistic.MaximumPlusMean, 3), new Layer.Dense(Some(draw), Activation.Linear)],
        ["maximum of all frames"] = draw =>
            [new Layer.Dense(Some(draw), Activation.Linear), new Layer.FramePooling(FrameStatistic.Maximum)],
        ["maximum of windows"] = draw => [new Layer.FramePooling(FrameStatistic.Maximum, Odd(draw, 5))],
        ["normalisation of maps"] = draw =>
            [
                new Layer.MapNormalisation(),
                new Layer.Convolution(Some(draw)),
                new Layer.BandPooling(2),
                new Layer.MapNormalisation(1e-3),
            ],
        ["gated convolution without bias"] = draw =>
            [new Layer.GatedConvolution(Some(draw), HasBias: false, Epsilon: 1e-3), new Layer.BandPooling(2)],
        ["linear convolution and gates"] = draw =>
            [
                new Layer.Convolution(Some(draw), Epsilon: 1e-3, Activates: false, Momentum: 0.99),
                new Layer.MapGating(MapGate.Maps),
                new Layer.Pooling(2, 2, PoolingKind.Mean),
                new Layer.Convolution(Some(draw), HasBias: false, Activates: false),
                new Layer.MapGating(MapGate.Context),
            ],
        ["gate of the input"] = draw =>
            [new Layer.MapGating(MapGate.Maps), new Layer.Convolution(Some(draw), Normalises: false, Activates: false)],
        ["frequency dynamic convolution"] = draw =>
            [
                new Layer.FrequencyDynamicConvolution(Some(draw), [.. Enumerable.Repeat(1, Some(draw))], 1),
                new Layer.MapNormalisation(1e-3, 0.99),
                new Layer.MapGating(MapGate.Context),
                new Layer.Pooling(1, 2, PoolingKind.Mean),
                new Layer.FrequencyDynamicConvolution(20, [1, 1, 1, 1], 2),
                new Layer.FrequencyDynamicConvolution(Some(draw), [1, 1], 0.5),
            ],
        ["dilated frequency dynamic convolution"] = draw =>
            [
                new Layer.FrequencyDynamicConvolution(Some(draw), [1, 2, 3, 3], 1),
                new Layer.FrequencyDynamicConvolution(Some(draw), [draw.Next(1, 12), 1], 3),
            ],
        ["squeeze-and-excitation"] = draw =>
            [
                new Layer.SqueezeExcitation(1),
                new Layer.Convolution(20),
                new Layer.SqueezeExcitation(draw.Next(1, 5)),
                new Layer.SqueezeExcitation(2, HasBias: false),
            ],
        ["squeeze-and-excitation of bands"] = draw =>
            [
                new Layer.SqueezeExcitation(4, Excited: Excited.Bands),
                new Layer.Convolution(Some(draw)),
                new Layer.SqueezeExcitation(1, false, Excited.Bands),
            ],
        ["mask of frames"] = draw =>
            [
                new Layer.Dense(Some(draw), Activation.Relu),
                new Layer.FrameMask(1, 0.5), // stretches of less than one frame mask nothing
                new Layer.Dense(4, Activation.Relu),
                new Layer.FrameMask(1, 1, 2),
            ],
        ["drop"] = draw =>
            [
                new Layer.Drop(0),
                new Layer.Convolution(Some(draw)),
                new Layer.Drop(0),
                new Layer.BandPooling(4),
                new Layer.Drop(0),
                new Layer.Dense(Some(draw), Activation.Relu),
                new Layer.Drop(0),
            ],
        ["strided convolution"] = draw =>
            [
                new Layer.StridedConvolution(Some(draw), Odd(draw, 5), draw.Next(1, 4)),
                new Layer.StridedConvolution(Some(draw)),
            ],
        ["inverted residual"] = draw =>
            [
                new Layer.InvertedResidual(Some(draw) + 1, 3, 3, 2, true),
                new Layer.InvertedResidual(3, 3, 5, 1, false, Activation.HardSwish),
                new Layer.InvertedResidual(Some(draw) + 3, 3, Odd(draw, 5), 1, true, Activation.HardSwish),
            ],
        ["linear interpolation of the strong output"] = draw =>
            [new Layer.Convolution(Some(draw)), new Layer.Pooling(3, 4, PoolingKind.Mean)],
        ["repetition of the strong output"] = draw =>
            [new Layer.Convolution(Some(draw)), new Layer.Pooling(3, 4, PoolingKind.Mean)],
    };

    private static readonly Dictionary<string, Func<WeakOutput, StrongOutput>> strongOutputs = new()
    {
        ["linear interpolation of the strong output"] = weak =>
            new()
            {
                Interpolation = UpsamplingKind.Linear,
                PoolsInterpolated = !weak.UsesHidden,
                Floor = 0.4,
            },
        ["repetition of the strong output"] = _ => new() { Interpolation = UpsamplingKind.Repetition },
        ["drop"] = _ => new() { Floor = 0.45 },
    };

    public static IReadOnlyCollection<string> Names => stacks.Keys;

    /// <summary>A network that contains the named layer, with random sizes seeded by the number.</summary>
    public static NetworkDescription Of(string name, int number = 1)
    {
        var draw = RandomSource.For(number, name);
        NetworkDescription network = new()
        {
            Layers = stacks[name](draw),
            Frames = draw.Next(4, 16),
            Bands = 8 * draw.Next(1, 4),
            Classes = draw.Next(1, 5),
            Dropout = 0,
            Weak = EveryWeakOutput.Distinct[draw.Next(EveryWeakOutput.Distinct.Count)],
        };
        if (strongOutputs.TryGetValue(name, out var strong))
            network = network with { Strong = strong(network.Weak) };
        return network.Layers.Any(layer => layer is Layer.Fusion)
            ? network with
            {
                Parts = [new("others", 8), new("bands", network.Bands)],
                Bands = network.Bands + 8,
            }
            : network;
    }

    /// <summary>A small network with a weak output.</summary>
    public static NetworkDescription With(WeakOutput weak) =>
        Of("layer normalisation") with
        {
            Weak = weak,
            Classes = 3,
        };

    private static int Some(Random draw) => draw.Next(1, 6);

    private static int Odd(Random draw, int most) => 1 + 2 * draw.Next((most + 1) / 2);
}
