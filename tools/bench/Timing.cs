using System.Diagnostics;

namespace Sed.Bench;

/// <summary>
/// Measures work after a warm-up and prints wall time, CPU time, a target and the time of a reference tool. On a busy
/// machine, CPU time is more reliable than wall time.
/// </summary>
internal static class Timing
{
    public static void Header() =>
        Console.WriteLine($"{"work", -72}{"median ms", 11}{"least ms", 10}{"CPU ms", 9}{"target ms", 11}  peer");

    public static void Report(string name, double targetMs, string peer, Action work, int repeats = 15)
    {
        for (var k = 0; k < 5; k++)
            work();
        // Lets tiered compilation finish.
        Thread.Sleep(300);
        for (var k = 0; k < 3; k++)
            work();
        using var process = Process.GetCurrentProcess();
        var (walls, processors) = (new double[repeats], new double[repeats]);
        for (var k = 0; k < repeats; k++)
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            work();
            walls[k] = clock.Elapsed.TotalMilliseconds;
            process.Refresh();
            processors[k] = (process.TotalProcessorTime - before).TotalMilliseconds;
        }
        Array.Sort(walls);
        Array.Sort(processors);
        var met =
            walls[repeats / 2] <= targetMs ? "met"
            : processors[repeats / 2] <= targetMs ? "met by CPU time"
            : "MISSED";
        Console.WriteLine(
            FormattableString.Invariant(
                $"{name, -72}{walls[repeats / 2], 11:F2}{walls[0], 10:F2}{processors[repeats / 2], 9:F2}{targetMs, 11:F0}  {peer}; {met}"
            )
        );
    }
}

/// <summary>The shortest wall time and the shortest CPU time of several runs.</summary>
internal sealed class Fastest
{
    public double Seconds { get; private set; } = double.MaxValue;

    public double Processor { get; private set; } = double.MaxValue;

    public void Add(Action action)
    {
        var processor = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        action();
        Add(clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    public void Add(double seconds, double processor)
    {
        Seconds = Math.Min(Seconds, seconds);
        Processor = Math.Min(Processor, processor);
    }
}
