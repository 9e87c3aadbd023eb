using System.Diagnostics;

namespace Sed.Bench;

/// <summary>The fastest of several runs, by the clock and by the processor's time.</summary>
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
