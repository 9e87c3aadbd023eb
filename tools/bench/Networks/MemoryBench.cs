using TorchSharp;

namespace Sed.Bench;

/// <summary>
/// Memory and live tensors of one process over many training steps. The number of tensors must stay the same, and memory may
/// grow by at most 2 %. Between garbage collections, .NET lets garbage grow to about the size of the processor's cache, so
/// memory is measured after full collections. The memory before each collection is printed, too.
/// </summary>
internal static class MemoryBench
{
    private const int WarmUp = 500; // steps
    private const int Interval = 1000; // steps

    public static int Run(int steps)
    {
        using var step = new TrainStep(batch: 2);
        var (first, tensors, highest, lowest) = (0.0, 0L, 0.0, double.MaxValue);
        for (var i = 1; i <= steps; i++)
        {
            step.Run();
            if (i != WarmUp && i % Interval != 0)
                continue;
            var before = Resident();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var now = Resident();
            var live = torch.Tensor.TotalCount;
            if (i == WarmUp)
                (first, tensors) = (now, live);
            (highest, lowest) = (Math.Max(highest, now), Math.Min(lowest, now));
            Console.WriteLine(
                $"step {i}: {now:F1} MiB ({before:F1} with garbage), {live} tensors, {GC.CollectionCount(0)} collections"
            );
            if (live != tensors)
            {
                Console.WriteLine($"There were {tensors} tensors after step {WarmUp} and {live} after step {i}.");
                return 1;
            }
        }
        Console.WriteLine(
            FormattableString.Invariant(
                $"after step {WarmUp}: {first:F1} MiB; afterwards {lowest:F1} to {highest:F1} MiB, at most {100 * (highest / first - 1):F2} % more (target: 2 %)"
            )
        );
        return highest <= 1.02 * first ? 0 : 1;
    }

    private static double Resident() => Environment.WorkingSet / 1048576.0;
}
