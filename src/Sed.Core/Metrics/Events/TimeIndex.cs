using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Events;

/// <summary>
/// Finds the estimated events of one file whose times agree with a reference event, without comparing every pair: events are
/// sorted by the time that is compared, and only a window is looked at. Reuses its memory; one thread.
/// </summary>
internal sealed class TimeIndex(EventOptions options)
{
    private double[] times = [];
    private int[] order = [];
    private int count;

    /// <summary>Takes the estimated events that are searched from now on.</summary>
    public void Set(ReadOnlySpan<CodedEvent> estimated)
    {
        count = estimated.Length;
        if (times.Length < count)
        {
            times = new double[2 * count];
            order = new int[2 * count];
        }
        for (var k = 0; k < count; k++)
        {
            times[k] = options.EvaluateOnset ? estimated[k].Onset : estimated[k].Offset;
            order[k] = k;
        }
        if (count > 1)
            Array.Sort(times, order, 0, count);
    }

    /// <summary>The positions of all events that can agree with this one; the times must still be compared. In no particular order.</summary>
    public ReadOnlySpan<int> Near(in CodedEvent reference)
    {
        var centre = options.EvaluateOnset ? reference.Onset : reference.Offset;
        var reach = options.EvaluateOnset ? options.CollarSeconds : options.OffsetCollar(reference);
        // Wider than any rounding of the comparison itself.
        var slack = reach + 1e-12 * (1 + centre + reach);
        var first = FirstAtLeast(centre - slack);
        var end = first;
        while (end < count && times[end] <= centre + slack)
            end++;
        return order.AsSpan(first..end);
    }

    private int FirstAtLeast(double time)
    {
        var (low, high) = (0, count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = times[middle] < time ? (middle + 1, high) : (low, middle);
        }
        return low;
    }
}
