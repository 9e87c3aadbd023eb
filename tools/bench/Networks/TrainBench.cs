using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>
/// Speed of whole training steps. Measurements alternate with those of PyTorch and of libtorch's matrix product.
/// </summary>
internal static class TrainBench
{
    // Forward and backward pass of the 218k network: three times the forward pass, without the first layer's input gradient.
    private const double GigaflopsPerClip = 0.72;

    public static void Run(string python, int[] batches, int steps)
    {
        Console.WriteLine(string.Join(Environment.NewLine, Devices.Describe()));
        foreach (var batch in batches)
        {
            using var step = new TrainStep(batch);
            var folder = Directory.CreateTempSubdirectory("sed-bench-").FullName;
            var network = Path.Combine(folder, "network");
            var data = Path.Combine(folder, "batch.npz");
            step.Export(network);
            step.ExportBatch(data);
            var loss = step.LossWithoutDropout();
            for (var i = 0; i < 5; i++)
                step.Run();
            // On a shared machine the shortest of alternating measurements is the most reliable.
            Fastest ours = new(),
                theirs = new(),
                product = new();
            for (var round = 0; round < 3; round++)
            {
                MeasureProduct(product);
                for (var i = 0; i < steps; i++)
                    ours.Add(() => step.Run());
                foreach (var threads in new[] { [], new[] { $"{Torch.Threads}" } })
                    PyTorchSteps.Measure(
                        theirs,
                        python,
                        [network, data, $"{Math.Max(2, steps / 10) + 1}", .. threads],
                        loss
                    );
            }
            Directory.Delete(folder, recursive: true);
            Console.WriteLine(
                FormattableString.Invariant(
                    $"""
                    batch {batch}: {batch / ours.Seconds:F1} clips/s, PyTorch {batch
                        / theirs.Seconds:F1} clips/s: {theirs.Seconds / ours.Seconds:F1} times as fast
                      {Rate(batch, ours.Seconds):F0} GFLOP/s; libtorch's matrix product reaches {Products
                        / product.Seconds:F0} GFLOP/s: {100
                        * Rate(batch, ours.Seconds)
                        * product.Seconds
                        / Products:F0} %
                      per second of CPU time, which other load distorts less: {batch
                        / ours.Processor:F1} clips, PyTorch {batch / theirs.Processor:F1}: {theirs.Processor
                        / ours.Processor:F1} times;
                      {Rate(batch, ours.Processor):F0} GFLOP, the matrix product {Products / product.Processor:F0}: {100
                        * Rate(batch, ours.Processor)
                        * product.Processor
                        / Products:F0} %
                    """
                )
            );
        }
    }

    private const int Size = 2048;
    private const double Products = 2e-9 * Size * Size * Size;

    private static double Rate(int batch, double seconds) => batch * GigaflopsPerClip / seconds;

    /// <summary>Measures libtorch's float32 matrix product of 2048 x 2048 elements.</summary>
    private static void MeasureProduct(Fastest product)
    {
        using var scope = NewDisposeScope();
        Tensor a = randn(Size, Size),
            b = randn(Size, Size);
        matmul(a, b).Dispose();
        for (var i = 0; i < 5; i++)
            product.Add(() => matmul(a, b).Dispose());
    }
}
