using System.Numerics;

namespace Sed.Core.Metrics.Counts;

/// <summary>Sums of counts.</summary>
internal static class Counting
{
    public static long[] Sum(ReadOnlySpan<long> a, ReadOnlySpan<long> b)
    {
        var sum = a.ToArray();
        AddTo(sum, b);
        return sum;
    }

    public static void AddTo(Span<long> sum, ReadOnlySpan<long> added)
    {
        var k = 0;
        for (; k <= sum.Length - Vector<long>.Count; k += Vector<long>.Count)
            (new Vector<long>(sum[k..]) + new Vector<long>(added[k..])).CopyTo(sum[k..]);
        for (; k < sum.Length; k++)
            sum[k] += added[k];
    }
}
