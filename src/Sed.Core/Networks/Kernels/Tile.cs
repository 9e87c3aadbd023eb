using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Small matrix products in registers: the one piece of arithmetic under the convolutions and the recurrent layers.
/// The order of every sum is fixed by the walk, so a result has the same digits whoever computes it.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>Columns come in multiples of this.</summary>
    public const int Lanes = 16;

    /// <summary>
    /// c[r, j] += sum over the walk of a[r, k] b[k, j].
    /// </summary>
    /// <param name="rows">Rows of the result; eight at a time, and four, are fast.</param>
    /// <param name="width">Columns of the result, a multiple of <see cref="Lanes"/>.</param>
    public static void Add(float* a, float* b, float* c, nint cRow, int rows, int width, in Walk walk)
    {
        for (; rows >= 8; rows -= 8, a += 8 * walk.ARow, c += 8 * cRow)
        {
            // Vector512.IsHardwareAccelerated is false on processors that lower their clock for it; it still wins here.
            if (Avx512F.IsSupported)
                Tile512.AddEightRows(a, b, c, cRow, width, walk);
            else
                Tile256.AddEightRows(a, b, c, cRow, width, walk);
        }
        if (rows >= 4)
        {
            Tile256.AddFourRows(a, b, c, cRow, width, walk);
            rows -= 4;
            a += 4 * walk.ARow;
            c += 4 * cRow;
        }
        for (; rows > 0; rows--, a += walk.ARow, c += cRow)
            AddRow(a, b, c, width, walk);
    }

    /// <summary>How many of so many columns a tile takes first.</summary>
    public static int Columns(int left) => left == 64 ? 32 : Math.Min(left, 48);

    private static void AddRow(float* a, float* b, float* c, int width, in Walk walk)
    {
        for (var j = 0; j < width; j += Lanes)
        {
            var low = Vector256.Load(c + j);
            var high = Vector256.Load(c + j + 8);
            for (var outer = 0; outer < walk.Outer; outer++)
            {
                var x = a + outer * walk.AOuter;
                var w = b + outer * walk.BOuter + j;
                for (var inner = 0; inner < walk.Inner; inner++, x += walk.AInner, w += walk.BInner)
                {
                    var value = Vector256.Create(*x);
                    low = Vector256.MultiplyAddEstimate(value, Vector256.Load(w), low);
                    high = Vector256.MultiplyAddEstimate(value, Vector256.Load(w + 8), high);
                }
            }
            low.Store(c + j);
            high.Store(c + j + 8);
        }
    }
}
