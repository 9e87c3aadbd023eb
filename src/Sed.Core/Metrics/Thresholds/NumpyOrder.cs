namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// Sorts indices in the same order as argsort of NumPy 1.24 (kind "quicksort"). The order of equal numbers depends on
/// the algorithm, which is a quicksort with median of three, and insertion sort for at most 16 numbers.
/// </summary>
internal static class NumpyOrder
{
    private const int Few = 15;

    public static int[] Of(ReadOnlySpan<double> values)
    {
        var order = new int[values.Length];
        for (var k = 0; k < order.Length; k++)
            order[k] = k;
        Stack<(int First, int Last)> waiting = [];
        waiting.Push((0, order.Length - 1));
        while (waiting.TryPop(out var part))
        {
            var (first, last) = part;
            while (last - first > Few)
            {
                var split = Partition(values, order, first, last);
                // The larger part is sorted later.
                if (split - first < last - split)
                {
                    waiting.Push((split + 1, last));
                    last = split - 1;
                }
                else
                {
                    waiting.Push((first, split - 1));
                    first = split + 1;
                }
            }
            Insert(values, order, first, last);
        }
        return order;
    }

    private static int Partition(ReadOnlySpan<double> values, int[] order, int first, int last)
    {
        var middle = first + ((last - first) >> 1);
        SwapIfLess(values, order, middle, first);
        SwapIfLess(values, order, last, middle);
        SwapIfLess(values, order, middle, first);
        var pivot = values[order[middle]];
        var (low, high) = (first, last - 1);
        (order[middle], order[high]) = (order[high], order[middle]);
        while (true)
        {
            while (values[order[++low]] < pivot) { }
            while (pivot < values[order[--high]]) { }
            if (low >= high)
                break;
            (order[low], order[high]) = (order[high], order[low]);
        }
        (order[low], order[last - 1]) = (order[last - 1], order[low]);
        return low;
    }

    private static void SwapIfLess(ReadOnlySpan<double> values, int[] order, int a, int b)
    {
        if (values[order[a]] < values[order[b]])
            (order[a], order[b]) = (order[b], order[a]);
    }

    private static void Insert(ReadOnlySpan<double> values, int[] order, int first, int last)
    {
        for (var k = first + 1; k <= last; k++)
        {
            var moved = order[k];
            var place = k;
            for (; place > first && values[moved] < values[order[place - 1]]; place--)
                order[place] = order[place - 1];
            order[place] = moved;
        }
    }
}
