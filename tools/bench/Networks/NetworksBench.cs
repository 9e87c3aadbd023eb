using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;

namespace Sed.Bench;

/// <summary>
/// Training speed of the networks of the published systems with batches of 16. Measurements alternate with those of two
/// peers in the same run: PyTorch, and libtorch with the same modules but without this library's kernels. Each peer runs
/// with one thread and with all threads, and the faster run counts. The machine's largest rate of multiply-adds is measured
/// in between.
/// </summary>
internal static class NetworksBench
{
    private const int Batch = 16;
    private const int Turns = 2;
    private const int Steps = 2;

    // Targets: twice the speed of the faster peer, or this share of the machine's largest rate.
    private const double Twice = 2;
    private const double ShareOfPeak = 0.6;

    /// <summary>Measures the networks whose names contain <paramref name="name"/>.</summary>
    public static void Run(string python, string name)
    {
        Console.WriteLine(string.Join(Environment.NewLine, Devices.Describe()));
        Console.WriteLine(
            $"{"", -18}{"clips/s", 9}{"PyTorch", 9}{"ratio", 7}{"libtorch", 10}{"ratio", 7}{"GFLOP per clip", 16}{"GFLOP/s", 9}{"peak", 7}{"share", 7}  target"
        );
        foreach (var (own, description) in BenchNetworks.All)
            if (own.Contains(name, StringComparison.OrdinalIgnoreCase))
                Measure(python, own, description);
    }

    private static void Measure(string python, string name, NetworkDescription description)
    {
        using var step = new TrainStep(Batch, description);
        var folder = Directory.CreateTempSubdirectory("sed-bench-").FullName;
        var network = Path.Combine(folder, "network");
        var data = Path.Combine(folder, "batch.npz");
        step.Export(network);
        step.ExportBatch(data);
        var loss = step.LossWithoutDropout();
        step.Run();
        step.RunByTorch(isParallel: true);
        Fastest ours = new(),
            pyTorch = new(),
            libtorch = new(),
            peak = new();
        double operations = 0;
        // On a shared machine the shortest of alternating measurements is the most reliable.
        for (var turn = 0; turn < Turns; turn++)
        {
            for (var i = 0; i < Steps; i++)
            {
                ours.Add(() => step.Run());
                libtorch.Add(() => step.RunByTorch(isParallel: true));
                libtorch.Add(() => step.RunByTorch(isParallel: false));
            }
            peak.Add(() => operations = PeakRate.Run(Torch.Threads));
            if (turn < Turns - 1)
                foreach (var threads in new[] { 1, Torch.Threads }.Distinct())
                    PyTorchSteps.Measure(pyTorch, python, [network, data, $"{Steps}", $"{threads}"], loss);
        }
        Directory.Delete(folder, recursive: true);
        // Forward and backward passes need three times the multiply-accumulates of the forward pass; each
        // multiply-accumulate is two operations.
        var gigaflops = 6e-9 * description.MultiplyAccumulates;
        var rate = gigaflops * Batch / ours.Seconds;
        var most = operations / peak.Seconds;
        var byPyTorch = pyTorch.Seconds / ours.Seconds;
        var byLibtorch = libtorch.Seconds / ours.Seconds;
        Console.WriteLine(
            FormattableString.Invariant(
                $"{name, -18}{Batch / ours.Seconds, 9:F1}{Batch / pyTorch.Seconds, 9:F1}{byPyTorch, 7:F1}{Batch / libtorch.Seconds, 10:F1}{byLibtorch, 7:F1}{gigaflops, 16:F2}{rate, 9:F0}{most, 7:F0}{rate / most, 7:P0}  {Verdict(description, Math.Min(byPyTorch, byLibtorch), rate / most)}"
            )
        );
    }

    /// <summary>
    /// States whether the target is met: twice the speed of the faster peer, or 60 % of the machine's largest rate.
    /// Networks with attention or conformer layers only need the speed of the faster peer.
    /// </summary>
    private static string Verdict(NetworkDescription description, double ratio, double share)
    {
        if (description.Layers.Any(layer => layer is Layer.SelfAttention or Layer.PlainAttention or Layer.Conformer))
            return ratio >= 1 ? "met: not slower" : "MISSED: slower";
        return ratio >= Twice ? "met: twice"
            : share >= ShareOfPeak ? "met: 60 % of the peak"
            : "MISSED";
    }
}
