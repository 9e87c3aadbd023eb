using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Events;

/// <summary>
/// Finds the estimated events near a reference event by binary search, so that not every pair is compared. Reuses its
/// memory; not thread-safe.
/// </summary>
internal sealed class TimeIndex(EventOptions options)
{
    private double[] times = [];
    private int[] order = [];
    private int count;

    /// <summary>Sets the events to search: the estimated events of one file.</summary>
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

    /// <summary>
    /// The positions of all events that can agree with a reference event, in no particular order; the caller compares
    /// the times.
    /// </summary>
    public ReadOnlySpan<int> Near(in CodedEvent reference)
    {
        var centre = options.EvaluateOnset ? reference.Onset : reference.Offset;
        var reach = options.EvaluateOnset ? options.CollarSeconds : options.OffsetCollar(reference);
        // The slack exceeds the rounding errors of the comparison.
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
