using System.Numerics;

namespace Sed.Core.Metrics.Counts;

/// <summary>
/// Immutable counts that can be added over files and folds. Metrics are pure functions of counts, so a bootstrap
/// resample needs only a weighted sum.
/// </summary>
/// <typeparam name="TSelf">The implementing class.</typeparam>
public interface ICounts<TSelf>
    where TSelf : ICounts<TSelf>
{
    /// <summary>All numbers, in an order that depends only on the classes and options.</summary>
    ReadOnlySpan<long> Values { get; }

    /// <summary>Returns counts with the same classes and options and with the given numbers.</summary>
    /// <param name="values">The numbers, in the order and of the length of <see cref="Values"/>.</param>
    TSelf With(ReadOnlySpan<long> values);

    /// <summary>The sum of both counts.</summary>
    /// <exception cref="ArgumentException">Classes or options differ.</exception>
    static abstract TSelf operator +(TSelf a, TSelf b);
}

/// <summary>Vectorised sums of counts.</summary>
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
