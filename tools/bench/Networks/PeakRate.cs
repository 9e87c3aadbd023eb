using System.Runtime.Intrinsics;

namespace Sed.Bench;

/// <summary>
/// The largest rate of single-precision operations that the processor reaches, measured with independent fused
/// multiply-adds on registers, on all threads.
/// </summary>
internal static class PeakRate
{
    private const int Rounds = 20_000_000;

    // Independent chains of dependent operations in each thread. Ten hide the latency of a fused multiply-add
    // (4 cycles, 2 per cycle).
    private const int Chains = 10;

    /// <summary>Runs the loop on all threads once and returns the number of operations, in billions.</summary>
    public static double Run(int threads)
    {
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, Chain);
        return 2e-9 * Rounds * Chains * Width * threads;
    }

    private static int Width => Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;

    private static void Chain(int seed) => sink = Vector512.IsHardwareAccelerated ? Sum512(seed) : Sum256(seed);

    private static float Sum512(int seed)
    {
        var (factor, a) = (Vector512.Create(0.9999f), Vector512.Create((float)seed));
        var (b, c, d, e, f, g, h, i, j) = (a, a, a, a, a, a, a, a, a);
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, factor, factor);
            b = Vector512.FusedMultiplyAdd(b, factor, factor);
            c = Vector512.FusedMultiplyAdd(c, factor, factor);
            d = Vector512.FusedMultiplyAdd(d, factor, factor);
            e = Vector512.FusedMultiplyAdd(e, factor, factor);
            f = Vector512.FusedMultiplyAdd(f, factor, factor);
            g = Vector512.FusedMultiplyAdd(g, factor, factor);
            h = Vector512.FusedMultiplyAdd(h, factor, factor);
            i = Vector512.FusedMultiplyAdd(i, factor, factor);
            j = Vector512.FusedMultiplyAdd(j, factor, factor);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j);
    }

    private static float Sum256(int seed)
    {
        var (factor, a) = (Vector256.Create(0.9999f), Vector256.Create((float)seed));
        var (b, c, d, e, f, g, h, i, j) = (a, a, a, a, a, a, a, a, a);
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, factor, factor);
            b = Vector256.FusedMultiplyAdd(b, factor, factor);
            c = Vector256.FusedMultiplyAdd(c, factor, factor);
            d = Vector256.FusedMultiplyAdd(d, factor, factor);
            e = Vector256.FusedMultiplyAdd(e, factor, factor);
            f = Vector256.FusedMultiplyAdd(f, factor, factor);
            g = Vector256.FusedMultiplyAdd(g, factor, factor);
            h = Vector256.FusedMultiplyAdd(h, factor, factor);
            i = Vector256.FusedMultiplyAdd(i, factor, factor);
            j = Vector256.FusedMultiplyAdd(j, factor, factor);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j);
    }

    // Keeps the compiler from removing the loops.
    private static volatile float sink;
}
