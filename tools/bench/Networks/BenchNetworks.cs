using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;

namespace Sed.Bench;

/// <summary>
/// The networks of the published systems and a conformer. Kong's networks have half of the published filters and a quarter
/// of the frames; Nam's network has a quarter of the filters and half of the frames. A network that classifies segments
/// receives each segment as a clip.
/// </summary>
internal static class BenchNetworks
{
    public static IReadOnlyList<(string Name, NetworkDescription Network)> All { get; } =
    [
        ("seed", NetworkDescription.Candidate218k()),
        (
            "Xu",
            Of(
                240,
                64,
                new WeakOutput.ClassAttention(),
                [
                    .. Enumerable
                        .Repeat<Layer[]>([Gated(64), Gated(64), new Layer.BandPooling(2)], 3)
                        .SelectMany(block => block),
                    new Layer.Convolution(256),
                    new Layer.BandPooling(8),
                    new Layer.GatedGru(128),
                ]
            )
        ),
        (
            "Kong",
            Of(240, 64, new WeakOutput.MeanPooling(), [.. Kong(), new Layer.Dense(256, Activation.Relu), Repeat(16)])
        ),
        (
            "Kong GRU",
            Of(
                240,
                64,
                new WeakOutput.Attention(),
                [.. Kong(), new Layer.BidirectionalGru(128, Merge.Concatenate), Repeat(16)]
            )
        ),
        (
            "Kong transformer",
            Of(240, 64, new WeakOutput.Attention(), [.. Kong(), new Layer.SelfAttention(8), Repeat(16)])
        ),
        (
            "Wang",
            Of(
                400,
                64,
                new WeakOutput.LinearSoftmax(),
                new Layer.Convolution(32, 5, 5),
                Largest(2, 2),
                new Layer.Convolution(64, 5, 5),
                Largest(2, 2),
                new Layer.Convolution(128, 5, 5),
                Largest(1, 2),
                new Layer.BidirectionalGru(100, Merge.Concatenate)
            )
        ),
        (
            "Sobieraj",
            Of(
                500,
                40,
                new WeakOutput.MaxPooling(),
                [
                    .. new[] { 5, 2, 2, 2 }.SelectMany(pool =>
                        new Layer[] { new Layer.Convolution(24), new Layer.BandPooling(pool) }
                    ),
                    new Layer.BidirectionalGru(24, Merge.Concatenate),
                    new Layer.BidirectionalGru(24, Merge.Concatenate),
                ]
            )
        ),
        (
            "Su",
            Of(
                500,
                40,
                new WeakOutput.MeanPooling(),
                new Layer.Convolution(32),
                Largest(2, 5),
                new Layer.Convolution(64),
                Largest(2, 2),
                new Layer.Convolution(128),
                Largest(2, 4),
                new Layer.Convolution(128, 3, 1),
                Repeat(8)
            )
        ),
        (
            "Kumar",
            Of(
                500,
                40,
                new WeakOutput.MeanPooling(),
                new Layer.DoubleConvolution(16),
                Largest(2, 2),
                new Layer.DoubleConvolution(32),
                Largest(2, 2),
                new Layer.DoubleConvolution(64),
                Largest(2, 2),
                new Layer.DoubleConvolution(128),
                Largest(2, 5),
                Repeat(16)
            )
        ),
        (
            "Cakir",
            Of(
                500,
                40,
                new WeakOutput.MaxPooling(),
                [
                    .. new[] { 5, 2, 2 }.SelectMany(pool =>
                        new Layer[] { new Layer.Convolution(128), new Layer.BandPooling(pool) }
                    ),
                    new Layer.BidirectionalGru(32, Merge.Multiply),
                    new Layer.BidirectionalGru(32, Merge.Multiply),
                    new Layer.Dense(32, Activation.Linear),
                ]
            )
        ),
        (
            "Kao",
            Of(
                500,
                64,
                new WeakOutput.MeanPooling(),
                new Layer.Convolution(24),
                Largest(2, 2),
                new Layer.DenseBlock(4, 12),
                new Layer.Convolution(36, 1, 1),
                Mean(2, 2),
                new Layer.DenseBlock(4, 12),
                new Layer.Convolution(42, 1, 1),
                Mean(2, 2),
                new Layer.DenseBlock(4, 12),
                Mean(1, 8),
                Repeat(8)
            )
        ),
        (
            "Lee, samples",
            Of(
                219,
                729,
                new WeakOutput.MeanPooling(),
                [
                    new Layer.SampleConvolution(64, 3, 3),
                    .. new[] { 64, 64, 128, 128, 128 }.SelectMany(filters =>
                        new Layer[] { new Layer.SampleConvolution(filters, 3), new Layer.BandPooling(3) }
                    ),
                    new Layer.SampleConvolution(256, 3),
                ]
            )
        ),
        (
            "Lee, coarse",
            Of(
                73,
                2187,
                new WeakOutput.MeanPooling(),
                [
                    new Layer.SampleConvolution(64, 3, 3),
                    .. new[] { 64, 64, 128, 128, 128, 256 }.SelectMany(filters =>
                        new Layer[] { new Layer.SampleConvolution(filters, 3), new Layer.BandPooling(3) }
                    ),
                    new Layer.SampleConvolution(256, 3),
                ]
            )
        ),
        ("SNU, fine", Of(434, 64, new WeakOutput.MeanPooling(), Snu())),
        ("SNU, coarse", Of(107, 64, new WeakOutput.MeanPooling(), Snu())),
        (
            "Kumar, segments",
            Of(
                80,
                40,
                new WeakOutput.MeanPooling(),
                new Layer.DoubleConvolution(16),
                Largest(2, 2),
                new Layer.DoubleConvolution(32),
                Largest(2, 2),
                new Layer.DoubleConvolution(64),
                Largest(1, 10),
                new Layer.Dense(128, Activation.Relu),
                Repeat(4)
            )
        ),
        (
            "Raj, instances",
            Of(
                50,
                40,
                new WeakOutput.MeanPooling(),
                new Layer.Context(9),
                new Layer.Dense(128, Activation.Relu),
                new Layer.Dense(128, Activation.Relu)
            )
        ),
        (
            "baseline",
            Of(
                500,
                40,
                new WeakOutput.MaxPooling(),
                new Layer.Context(5),
                new Layer.Dense(50, Activation.Relu),
                new Layer.Dense(50, Activation.Relu)
            )
        ),
        (
            "DESED",
            Of(
                626,
                128,
                new WeakOutput.FlooredClassAttention(),
                Desed([16, 32, 64, 128, 128, 128, 128], 128, (_, filters) => Linear(filters), MapGate.Maps)
            )
        ),
        (
            "Nam, dynamic",
            Of(
                313,
                128,
                new WeakOutput.FlooredClassAttention(),
                Desed([8, 16, 32, 64, 64, 64, 64], 64, NamConvolution, MapGate.Context)
            )
        ),
        (
            "conformer",
            Of(
                500,
                40,
                new WeakOutput.LinearSoftmax(),
                new Layer.Convolution(48),
                new Layer.BandPooling(5),
                new Layer.Convolution(48),
                new Layer.BandPooling(8),
                new Layer.Dense(64, Activation.Linear),
                new Layer.Conformer(4)
            )
        ),
    ];

    private static NetworkDescription Of(int frames, int bands, WeakOutput weak, params Layer[] layers) =>
        new()
        {
            Layers = layers,
            Frames = frames,
            Bands = bands,
            Classes = 17,
            Dropout = 0.2,
            Weak = weak,
        };

    private static Layer[] Kong() =>
        [
            .. new[] { 32, 64, 128, 256 }.SelectMany(filters =>
                new Layer[] { new Layer.DoubleConvolution(filters), Mean(2, 2) }
            ),
            Mean(1, 4),
        ];

    private static Layer[] Snu() =>
        [
            .. new[] { 32, 64, 128 }.SelectMany(filters =>
                new Layer[] { new Layer.DoubleConvolution(filters), new Layer.BandPooling(4) }
            ),
        ];

    /// <summary>
    /// The network of the DCASE 2022 Task 4 baseline, with the given convolutions and gates. Each block halves the bands;
    /// the first two blocks also halve the frames.
    /// </summary>
    private static Layer[] Desed(
        IReadOnlyList<int> filters,
        int units,
        Func<int, int, Layer[]> convolution,
        MapGate gate
    ) =>
        [
            .. filters.SelectMany(
                (maps, block) =>
                    (Layer[])[.. convolution(block, maps), new Layer.MapGating(gate), Mean(block < 2 ? 2 : 1, 2)]
            ),
            new Layer.BidirectionalGru(units, Merge.Concatenate),
            new Layer.BidirectionalGru(units, Merge.Concatenate),
        ];

    private static Layer[] Linear(int filters) => [new Layer.Convolution(filters, Activates: false)];

    private static Layer[] NamConvolution(int block, int filters) =>
        block == 0
            ? Linear(filters)
            : [new Layer.FrequencyDynamicConvolution(filters, [1, 1, 1, 1]), new Layer.MapNormalisation()];

    private static Layer Gated(int filters) => new Layer.GatedConvolution(filters);

    private static Layer Repeat(int factor) => new Layer.Upsampling(factor, UpsamplingKind.Repetition);

    private static Layer Largest(int frames, int bands) => new Layer.Pooling(frames, bands, PoolingKind.Maximum);

    private static Layer Mean(int frames, int bands) => new Layer.Pooling(frames, bands, PoolingKind.Mean);
}
