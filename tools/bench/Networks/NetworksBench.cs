using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>
/// Training speed of the networks of the published systems with batches of 16, alternating with PyTorch. The throughput of a large
/// matrix product in the same process is printed for comparison.
/// </summary>
internal static class NetworksBench
{
    private const int Batch = 16;
    private const int Turns = 2;
    private const int Side = 1536; // rows and columns of the matrices
    private const double Product = 2e-9 * Side * Side * Side; // billions of floating-point operations
    private const int Steps = 2;

    /// <summary>Measures the networks whose names contain a text.</summary>
    public static void Run(string python, string name)
    {
        Console.WriteLine(string.Join(Environment.NewLine, Devices.Describe()));
        Console.WriteLine(
            $"{"", -18}{"clips/s", 10}{"PyTorch", 10}{"ratio", 8}{"by CPU time", 14}{"GFLOP per clip", 16}{"GFLOP/s", 9}{"matrix product", 16}"
        );
        using var scope = NewDisposeScope();
        var matrix = randn(Side, Side);
        foreach (var (own, description) in BenchNetworks.All)
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
            // On a shared machine the shortest of alternating measurements is the most reliable.
            for (var turn = 0; turn < Turns; turn++)
            {
                for (var i = 0; i < Steps; i++)
                    ours.Add(() => step.Run());
                product.Add(() => Multiply(matrix));
                if (turn < Turns - 1)
                    PyTorchSteps.Measure(theirs, python, [network, data, $"{Steps}", $"{Torch.Threads}"], loss);
            }
            Directory.Delete(folder, recursive: true);
            // Forward and backward passes have three times the multiply-accumulates of the forward pass, of two operations each.
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
        _ = matrix.matmul(matrix);
    }
}
