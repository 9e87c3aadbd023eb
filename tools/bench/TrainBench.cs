using System.Diagnostics;
using System.Globalization;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>Whole training steps, ours and PyTorch's in turn, beside what the machine multiplies.</summary>
internal static class TrainBench
{
    // Forward and backward of the 218k candidate: three times its forward products, less the first layer's input gradient.
    private const double GigaflopsPerClip = 0.72;

    public static void Run(string python, int[] batches, int steps)
    {
        Console.WriteLine(string.Join(Environment.NewLine, Devices.Describe()));
        foreach (var batch in batches)
        {
            using var step = new TrainStep(batch);
            var folder = Directory.CreateTempSubdirectory("sed-bench-").FullName;
            var network = Path.Combine(folder, "network.npz");
            var data = Path.Combine(folder, "batch.npz");
            NetworkWeights.Write(step.Network, network);
            NumpyArchive.Write(
                data,
                new Dictionary<string, NumpyArray>
                {
                    ["features"] = NumpyArray.Of(step.Features),
                    ["labels"] = NumpyArray.Of(step.Labels),
                }
            );
            var loss = step.LossWithoutDropout();
            for (var i = 0; i < 5; i++)
                step.Run();
            // The machine may be shared: each is measured in rounds, one after the other, and its best round counts.
            double ours = double.MaxValue,
                theirs = double.MaxValue,
                rate = 0;
            var version = "";
            for (var round = 0; round < 3; round++)
            {
                rate = Math.Max(rate, MatrixRate());
                ours = Math.Min(ours, Median(Enumerable.Range(0, steps).Select(_ => Seconds(() => step.Run()))));
                var reference = Reference(python, network, data, Math.Max(2, steps / 10), loss);
                theirs = Math.Min(theirs, Median(reference.Seconds));
                version = reference.Version;
            }
            rate = Math.Max(rate, MatrixRate());
            Directory.Delete(folder, recursive: true);
            var clips = batch / ours;
            Console.WriteLine(
                FormattableString.Invariant(
                    $"""
                    batch {batch}: {clips:F1} clips/s here, {batch / theirs:F1} clips/s in PyTorch {version}: {theirs
                        / ours:F1} times as fast
                      {clips
                        * GigaflopsPerClip:F0} GFLOP/s of the {rate:F0} that libtorch's matrix product reaches: {100
                        * clips
                        * GigaflopsPerClip
                        / rate:F0} %
                    """
                )
            );
        }
    }

    /// <summary>libtorch's fp32 matrix product, 2048 x 2048, in GFLOP/s.</summary>
    private static double MatrixRate()
    {
        using var scope = NewDisposeScope();
        const int size = 2048;
        Tensor a = randn(size, size),
            b = randn(size, size);
        matmul(a, b).Dispose();
        return 2e-9 * size * size * size / Enumerable.Range(0, 5).Min(_ => Seconds(() => matmul(a, b).Dispose()));
    }

    private static (List<double> Seconds, string Version) Reference(
        string python,
        string network,
        string data,
        int steps,
        float loss
    )
    {
        var script = Path.Combine("tools", "reference", "train_speed.py");
        if (!File.Exists(script))
            throw new FileNotFoundException($"Run the benchmark from the repository's root; {script} is not here.");
        var start = new ProcessStartInfo(python, [script, network, data, $"{steps + 1}"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        List<double> seconds = [];
        var version = "";
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "loss" && Math.Abs(Number(words[1]) / loss - 1) > 1e-4)
                throw new InvalidOperationException($"PyTorch computes the loss {words[1]}, SedDsl {loss}.");
            if (words[0] == "step")
                seconds.Add(Number(words[1]));
            if (words[0] == "torch")
                version = string.Join(' ', words[1..]);
        }
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{python} {script} failed. It needs PyTorch and NumPy (Debian: python3-torch, python3-numpy)."
            );
        return (seconds[1..], version); // the first step warms up
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Seconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalSeconds;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
