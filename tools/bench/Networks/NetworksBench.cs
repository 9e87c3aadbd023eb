using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>
/// Training steps of the networks of experiments/systems.fsx on batches of 16, ours and PyTorch's in turn, and beside what ours
/// reach what a large matrix product does in the same process. Kong's have half their maps and a quarter of their frames.
/// </summary>
internal static class NetworksBench
{
    private const int Batch = 16;
    private const int Turns = 2;
    private const int Side = 1536; // of the matrices
    private const double Product = 2e-9 * Side * Side * Side; // billions of operations
    private const int Steps = 2;

    private static readonly (string Name, NetworkDescription Network)[] networks =
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
            Of(240, 64, new WeakOutput.MeanOfFrames(), [.. Kong(), new Layer.Dense(256, Activation.Relu), Repeat(16)])
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
                new WeakOutput.LargestFrame(),
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
                new WeakOutput.MeanOfFrames(),
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
                new WeakOutput.MeanOfFrames(),
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
                new WeakOutput.LargestFrame(),
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
                new WeakOutput.MeanOfFrames(),
                new Layer.Convolution(24),
                Largest(2, 2),
                new Layer.DenselyConnected(4, 12),
                new Layer.Convolution(36, 1, 1),
                Mean(2, 2),
                new Layer.DenselyConnected(4, 12),
                new Layer.Convolution(42, 1, 1),
                Mean(2, 2),
                new Layer.DenselyConnected(4, 12),
                Mean(1, 8),
                Repeat(8)
            )
        ),
        (
            "Lee, samples",
            Of(
                219,
                729,
                new WeakOutput.MeanOfFrames(),
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

    /// <summary>Times the networks whose names contain a text.</summary>
    public static void Run(string python, string name)
    {
        Console.WriteLine(string.Join(Environment.NewLine, Devices.Describe()));
        Console.WriteLine(
            $"{"", -18}{"clips/s", 10}{"PyTorch", 10}{"times", 8}{"by processor", 14}{"GFLOP per clip", 16}{"GFLOP/s", 9}{"matrix product", 16}"
        );
        using var scope = NewDisposeScope();
        var matrix = randn(Side, Side);
        foreach (var (own, description) in networks)
        {
            if (!own.Contains(name, StringComparison.OrdinalIgnoreCase))
                continue;
            using var step = new TrainStep(Batch, description);
            var folder = Directory.CreateTempSubdirectory("sed-bench-").FullName;
            var network = Path.Combine(folder, "network");
            var data = Path.Combine(folder, "batch.npz");
            step.Export(network);
            step.ExportBatch(data);
            var loss = step.LossWithoutDropout();
            step.Run();
            Fastest ours = new(),
                theirs = new(),
                product = new();
            // The machine may be shared: all are measured in turn, and of each the fastest counts.
            for (var turn = 0; turn < Turns; turn++)
            {
                for (var i = 0; i < Steps; i++)
                    ours.Add(() => step.Run());
                product.Add(() => Multiply(matrix));
                if (turn < Turns - 1)
                    PyTorchSteps.Measure(theirs, python, [network, data, $"{Steps}", $"{Torch.Threads}"], loss);
            }
            Directory.Delete(folder, recursive: true);
            // Forward and backward: three times the forward products, each of a multiplication and an addition.
            var gigaflops = 6e-9 * description.MultiplyAccumulates;
            Console.WriteLine(
                FormattableString.Invariant(
                    $"{own, -18}{Batch / ours.Seconds, 10:F1}{Batch / theirs.Seconds, 10:F1}{theirs.Seconds / ours.Seconds, 8:F1}{theirs.Processor / ours.Processor, 14:F1}{gigaflops, 16:F2}{gigaflops * Batch / ours.Seconds, 9:F0}{Product / product.Seconds, 16:F0}"
                )
            );
        }
    }

    /// <summary>A matrix product by torch on all threads.</summary>
    private static void Multiply(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        Torch.ComputeAlone(false);
        _ = matrix.matmul(matrix);
    }

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

    private static Layer Gated(int filters) => new Layer.GatedConvolution(filters);

    private static Layer Repeat(int factor) => new Layer.Upsampling(factor, UpsamplingKind.Repetition);

    private static Layer Largest(int frames, int bands) => new Layer.Pooling(frames, bands, PoolingKind.Maximum);

    private static Layer Mean(int frames, int bands) => new Layer.Pooling(frames, bands, PoolingKind.Mean);
}
