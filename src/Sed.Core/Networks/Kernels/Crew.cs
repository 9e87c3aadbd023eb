namespace Sed.Core.Networks.Kernels;

/// <summary>
/// The threads that share a kernel's work. Work is cut by the data alone, each piece writes its own results, and sums
/// over pieces are taken in their order: who did which piece, and how many shared, leaves no trace in the digits.
/// </summary>
internal static class Crew
{
    private static int size = Environment.ProcessorCount;

    /// <summary>Threads that work at once, at least 1. Default: one per processor.</summary>
    public static int Size
    {
        get => size;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            size = value;
        }
    }

    /// <summary>Does pieces 0 to <paramref name="pieces"/> - 1, in any order, and returns when all are done.</summary>
    public static void Share(int pieces, Action<int> work)
    {
        if (pieces <= 1 || size == 1)
        {
            for (var piece = 0; piece < pieces; piece++)
                work(piece);
            return;
        }
        var next = -1;
        Parallel.For(
            0,
            Math.Min(size, pieces),
            new ParallelOptions { MaxDegreeOfParallelism = size },
            _ =>
            {
                for (var piece = Interlocked.Increment(ref next); piece < pieces; piece = Interlocked.Increment(ref next))
                    work(piece);
            }
        );
    }
}
