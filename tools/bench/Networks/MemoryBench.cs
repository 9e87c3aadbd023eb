using TorchSharp;

namespace Sed.Bench;

/// <summary>
/// Many training steps of one process: its memory and its tensors must not grow. Between collections .NET lets garbage
/// fill about as much memory as the processor's cache has, so what the process holds is measured after full collections;
/// what it had before them is printed beside it.
/// </summary>
internal static class MemoryBench
{
    private const int Settled = 500;
    private const int Distance = 1000;

    public static int Run(int steps)
    {
        using var step = new TrainStep(batch: 2);
        var (first, tensors, highest, lowest) = (0.0, 0L, 0.0, double.MaxValue);
        for (var i = 1; i <= steps; i++)
        {
            step.Run();
            if (i != Settled && i % Distance != 0)
                continue;
            var before = Resident();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var now = Resident();
            var live = torch.Tensor.TotalCount;
            if (i == Settled)
                (first, tensors) = (now, live);
            (highest, lowest) = (Math.Max(highest, now), Math.Min(lowest, now));
            Console.WriteLine(
                $"step {i}: {now:F1} MiB ({before:F1} with garbage), {live} tensors, {GC.CollectionCount(0)} collections"
            );
            if (live != tensors)
            {
                Console.WriteLine($"There were {tensors} tensors after step {Settled} and {live} after step {i}.");
                return 1;
            }
        }
        Console.WriteLine(
            FormattableString.Invariant(
                $"after step {Settled}: {first:F1} MiB; from then on {lowest:F1} to {highest:F1} MiB, at most {100 * (highest / first - 1):F2} % more"
            )
        );
        return highest <= 1.02 * first ? 0 : 1;
    }

    private static double Resident() => Environment.WorkingSet / 1048576.0;
}
