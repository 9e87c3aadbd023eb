using Sed.Core.Runtime;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// The threads that share a kernel's work. Work is cut by the data alone, each piece writes its own results, and sums
/// over pieces are taken in their order: who did which piece, and how many shared, leaves no trace in the digits.
/// </summary>
internal static class Crew
{
    /// <summary>Threads that work at once.</summary>
    private static int Size => Torch.Threads;

    /// <summary>Does pieces 0 to <paramref name="pieces"/> - 1, in any order, and returns when all are done.</summary>
    public static void Share(int pieces, Action<int> work)
    {
        if (pieces <= 1 || Size == 1)
        {
            for (var piece = 0; piece < pieces; piece++)
                work(piece);
            return;
        }
        var next = -1;
        Parallel.For(
            0,
            Math.Min(Size, pieces),
            new ParallelOptions { MaxDegreeOfParallelism = Size },
            _ =>
            {
                for (
                    var piece = Interlocked.Increment(ref next);
                    piece < pieces;
                    piece = Interlocked.Increment(ref next)
                )
                    work(piece);
            }
        );
    }
}
