using System.Diagnostics;

namespace Sed.Bench;

/// <summary>
/// Runs work until it is warm, then a number of times, and prints wall and processor time beside the target and what a
/// reference tool takes. On a busy machine the processor time is the one to look at.
/// </summary>
internal static class Timing
{
    public static void Header() =>
        Console.WriteLine($"{"work", -72}{"median ms", 11}{"least ms", 10}{"CPU ms", 9}{"target ms", 11}  peer");

    public static void Report(string name, double targetMs, string peer, Action work, int repeats = 15)
    {
        for (var k = 0; k < 5; k++)
            work();
        // Lets the compiler's second thoughts come before the clock starts.
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
