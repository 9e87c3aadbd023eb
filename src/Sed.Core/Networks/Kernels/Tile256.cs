using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels;

/// <summary>Register tiles of <see cref="Tile"/> for processors with 16 registers of 256 bits (AVX2), and for every other.</summary>
internal static unsafe class Tile256
{
    /// <summary>Adds eight rows; <paramref name="width"/> is a multiple of 16.</summary>
    public static void AddEightRows(float* a, float* b, float* c, nint cRow, int width, in Walk walk)
    {
        AddFourRows(a, b, c, cRow, width, walk);
        AddFourRows(a + 4 * walk.ARow, b, c + 4 * cRow, cRow, width, walk);
    }

    /// <summary>Adds four rows; <paramref name="width"/> is a multiple of 16.</summary>
    public static void AddFourRows(float* a, float* b, float* c, nint cRow, int width, in Walk walk)
    {
        while (width > 0)
        {
            var step = width % 24 == 0 ? 24 : 16;
            if (step == 24)
                Add4x24(a, b, c, cRow, walk);
            else
                Add4x16(a, b, c, cRow, walk);
            b += step;
            c += step;
            width -= step;
        }
    }

    /// <summary>4 rows of 3 vectors of 8: 12 accumulators in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add4x24(float* a, float* b, float* c, nint cRow, in Walk walk)
    {
        nint row = walk.ARow,
            aInner = walk.AInner,
            bInner = walk.BInner;
        var c00 = Vector256.Load(c + 0 * cRow + 0);
        var c01 = Vector256.Load(c + 0 * cRow + 8);
        var c02 = Vector256.Load(c + 0 * cRow + 16);
        var c10 = Vector256.Load(c + 1 * cRow + 0);
        var c11 = Vector256.Load(c + 1 * cRow + 8);
        var c12 = Vector256.Load(c + 1 * cRow + 16);
        var c20 = Vector256.Load(c + 2 * cRow + 0);
        var c21 = Vector256.Load(c + 2 * cRow + 8);
        var c22 = Vector256.Load(c + 2 * cRow + 16);
        var c30 = Vector256.Load(c + 3 * cRow + 0);
        var c31 = Vector256.Load(c + 3 * cRow + 8);
        var c32 = Vector256.Load(c + 3 * cRow + 16);
        for (var outer = walk.Outer; outer > 0; outer--, a += walk.AOuter, b += walk.BOuter)
        {
            float* x = a,
                w = b;
            for (var inner = walk.Inner; inner > 0; inner--, x += aInner, w += bInner)
            {
                var w0 = Vector256.Load(w + 0);
                var w1 = Vector256.Load(w + 8);
                var w2 = Vector256.Load(w + 16);
                var p = x;
                var v = Vector256.Create(*p);
                c00 = Vector256.MultiplyAddEstimate(v, w0, c00);
                c01 = Vector256.MultiplyAddEstimate(v, w1, c01);
                c02 = Vector256.MultiplyAddEstimate(v, w2, c02);
                p += row;
                v = Vector256.Create(*p);
                c10 = Vector256.MultiplyAddEstimate(v, w0, c10);
                c11 = Vector256.MultiplyAddEstimate(v, w1, c11);
                c12 = Vector256.MultiplyAddEstimate(v, w2, c12);
                p += row;
                v = Vector256.Create(*p);
                c20 = Vector256.MultiplyAddEstimate(v, w0, c20);
                c21 = Vector256.MultiplyAddEstimate(v, w1, c21);
                c22 = Vector256.MultiplyAddEstimate(v, w2, c22);
                p += row;
                v = Vector256.Create(*p);
                c30 = Vector256.MultiplyAddEstimate(v, w0, c30);
                c31 = Vector256.MultiplyAddEstimate(v, w1, c31);
                c32 = Vector256.MultiplyAddEstimate(v, w2, c32);
            }
        }
        c00.Store(c + 0 * cRow + 0);
        c01.Store(c + 0 * cRow + 8);
        c02.Store(c + 0 * cRow + 16);
        c10.Store(c + 1 * cRow + 0);
        c11.Store(c + 1 * cRow + 8);
        c12.Store(c + 1 * cRow + 16);
        c20.Store(c + 2 * cRow + 0);
        c21.Store(c + 2 * cRow + 8);
        c22.Store(c + 2 * cRow + 16);
        c30.Store(c + 3 * cRow + 0);
        c31.Store(c + 3 * cRow + 8);
        c32.Store(c + 3 * cRow + 16);
    }

    /// <summary>4 rows of 2 vectors of 8: 8 accumulators in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add4x16(float* a, float* b, float* c, nint cRow, in Walk walk)
    {
        nint row = walk.ARow,
            aInner = walk.AInner,
            bInner = walk.BInner;
        var c00 = Vector256.Load(c + 0 * cRow + 0);
        var c01 = Vector256.Load(c + 0 * cRow + 8);
        var c10 = Vector256.Load(c + 1 * cRow + 0);
        var c11 = Vector256.Load(c + 1 * cRow + 8);
        var c20 = Vector256.Load(c + 2 * cRow + 0);
        var c21 = Vector256.Load(c + 2 * cRow + 8);
        var c30 = Vector256.Load(c + 3 * cRow + 0);
        var c31 = Vector256.Load(c + 3 * cRow + 8);
        for (var outer = walk.Outer; outer > 0; outer--, a += walk.AOuter, b += walk.BOuter)
        {
            float* x = a,
                w = b;
            for (var inner = walk.Inner; inner > 0; inner--, x += aInner, w += bInner)
            {
                var w0 = Vector256.Load(w + 0);
                var w1 = Vector256.Load(w + 8);
                var p = x;
                var v = Vector256.Create(*p);
                c00 = Vector256.MultiplyAddEstimate(v, w0, c00);
                c01 = Vector256.MultiplyAddEstimate(v, w1, c01);
                p += row;
                v = Vector256.Create(*p);
                c10 = Vector256.MultiplyAddEstimate(v, w0, c10);
                c11 = Vector256.MultiplyAddEstimate(v, w1, c11);
                p += row;
                v = Vector256.Create(*p);
                c20 = Vector256.MultiplyAddEstimate(v, w0, c20);
                c21 = Vector256.MultiplyAddEstimate(v, w1, c21);
                p += row;
                v = Vector256.Create(*p);
                c30 = Vector256.MultiplyAddEstimate(v, w0, c30);
                c31 = Vector256.MultiplyAddEstimate(v, w1, c31);
            }
        }
        c00.Store(c + 0 * cRow + 0);
        c01.Store(c + 0 * cRow + 8);
        c10.Store(c + 1 * cRow + 0);
        c11.Store(c + 1 * cRow + 8);
        c20.Store(c + 2 * cRow + 0);
        c21.Store(c + 2 * cRow + 8);
        c30.Store(c + 3 * cRow + 0);
        c31.Store(c + 3 * cRow + 8);
    }
}
