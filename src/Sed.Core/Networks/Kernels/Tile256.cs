using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Register tiles of <see cref="Tile"/> with 256-bit vectors: all tiles on processors without AVX-512, and tiles of
/// four rows on all processors.
/// </summary>
internal static unsafe class Tile256
{
    /// <summary>
    /// Computes eight rows of <see cref="Tile.Add"/>. The <paramref name="width"/> is a multiple of 16.
    /// </summary>
    public static void AddEightRows(float* a, float* b, float* c, nint cRow, int width, in ReductionLoop loop)
    {
        AddFourRows(a, b, c, cRow, width, loop);
        AddFourRows(a + 4 * loop.ARow, b, c + 4 * cRow, cRow, width, loop);
    }

    /// <summary>
    /// Computes four rows of <see cref="Tile.Add"/>. The <paramref name="width"/> is a multiple of 16.
    /// </summary>
    public static void AddFourRows(float* a, float* b, float* c, nint cRow, int width, in ReductionLoop loop)
    {
        while (width > 0)
        {
            var step = width % 24 == 0 ? 24 : 16;
            if (step == 24)
                Add<ThreeVectors>(a, b, c, cRow, loop);
            else
                Add<TwoVectors>(a, b, c, cRow, loop);
            b += step;
            c += step;
            width -= step;
        }
    }

    /// <summary>Four rows of two or three vectors of 8 floats, with up to 12 accumulators in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TColumns>(float* a, float* b, float* c, nint cRow, in ReductionLoop loop)
        where TColumns : struct, ITileColumns
    {
        nint row = loop.ARow,
            aInner = loop.AInner,
            bInner = loop.BInner;
        var c00 = Vector256.Load(c + 0 * cRow);
        var c01 = Vector256.Load(c + 0 * cRow + 8);
        var c02 = TColumns.Vectors > 2 ? Vector256.Load(c + 0 * cRow + 16) : default;
        var c10 = Vector256.Load(c + 1 * cRow);
        var c11 = Vector256.Load(c + 1 * cRow + 8);
        var c12 = TColumns.Vectors > 2 ? Vector256.Load(c + 1 * cRow + 16) : default;
        var c20 = Vector256.Load(c + 2 * cRow);
        var c21 = Vector256.Load(c + 2 * cRow + 8);
        var c22 = TColumns.Vectors > 2 ? Vector256.Load(c + 2 * cRow + 16) : default;
        var c30 = Vector256.Load(c + 3 * cRow);
        var c31 = Vector256.Load(c + 3 * cRow + 8);
        var c32 = TColumns.Vectors > 2 ? Vector256.Load(c + 3 * cRow + 16) : default;
        for (var outer = loop.Outer; outer > 0; outer--, a += loop.AOuter, b += loop.BOuter)
        {
            float* x = a,
                w = b;
            for (var inner = loop.Inner; inner > 0; inner--, x += aInner, w += bInner)
            {
                var w0 = Vector256.Load(w);
                var w1 = Vector256.Load(w + 8);
                var w2 = TColumns.Vectors > 2 ? Vector256.Load(w + 16) : default;
                var p = x;
                var v = Vector256.Create(*p);
                c00 = Vector256.MultiplyAddEstimate(v, w0, c00);
                c01 = Vector256.MultiplyAddEstimate(v, w1, c01);
                if (TColumns.Vectors > 2)
                    c02 = Vector256.MultiplyAddEstimate(v, w2, c02);
                p += row;
                v = Vector256.Create(*p);
                c10 = Vector256.MultiplyAddEstimate(v, w0, c10);
                c11 = Vector256.MultiplyAddEstimate(v, w1, c11);
                if (TColumns.Vectors > 2)
                    c12 = Vector256.MultiplyAddEstimate(v, w2, c12);
                p += row;
                v = Vector256.Create(*p);
                c20 = Vector256.MultiplyAddEstimate(v, w0, c20);
                c21 = Vector256.MultiplyAddEstimate(v, w1, c21);
                if (TColumns.Vectors > 2)
                    c22 = Vector256.MultiplyAddEstimate(v, w2, c22);
                p += row;
                v = Vector256.Create(*p);
                c30 = Vector256.MultiplyAddEstimate(v, w0, c30);
                c31 = Vector256.MultiplyAddEstimate(v, w1, c31);
                if (TColumns.Vectors > 2)
                    c32 = Vector256.MultiplyAddEstimate(v, w2, c32);
            }
        }
        c00.Store(c + 0 * cRow);
        c10.Store(c + 1 * cRow);
        c20.Store(c + 2 * cRow);
        c30.Store(c + 3 * cRow);
        c01.Store(c + 0 * cRow + 8);
        c11.Store(c + 1 * cRow + 8);
        c21.Store(c + 2 * cRow + 8);
        c31.Store(c + 3 * cRow + 8);
        if (TColumns.Vectors > 2)
        {
            c02.Store(c + 0 * cRow + 16);
            c12.Store(c + 1 * cRow + 16);
            c22.Store(c + 2 * cRow + 16);
            c32.Store(c + 3 * cRow + 16);
        }
    }
}
