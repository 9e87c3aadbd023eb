using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels;

/// <summary>Register tiles of <see cref="Tile"/> for processors with 32 registers of 512 bits (AVX-512).</summary>
internal static unsafe class Tile512
{
    /// <summary>Adds eight rows; <paramref name="width"/> is a multiple of 16.</summary>
    public static void AddEightRows(float* a, float* b, float* c, nint cRow, int width, in Walk walk)
    {
        while (width > 0)
        {
            var step = Tile.Columns(width);
            if (step == 48)
                Add8x48(a, b, c, cRow, walk);
            else if (step == 32)
                Add8x32(a, b, c, cRow, walk);
            else
                Add8x16(a, b, c, cRow, walk);
            b += step;
            c += step;
            width -= step;
        }
    }

    /// <summary>8 rows of 3 vectors of 16: 24 accumulators in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add8x48(float* a, float* b, float* c, nint cRow, in Walk walk)
    {
        nint row = walk.ARow,
            aInner = walk.AInner,
            bInner = walk.BInner;
        var c00 = Vector512.Load(c + 0 * cRow + 0);
        var c01 = Vector512.Load(c + 0 * cRow + 16);
        var c02 = Vector512.Load(c + 0 * cRow + 32);
        var c10 = Vector512.Load(c + 1 * cRow + 0);
        var c11 = Vector512.Load(c + 1 * cRow + 16);
        var c12 = Vector512.Load(c + 1 * cRow + 32);
        var c20 = Vector512.Load(c + 2 * cRow + 0);
        var c21 = Vector512.Load(c + 2 * cRow + 16);
        var c22 = Vector512.Load(c + 2 * cRow + 32);
        var c30 = Vector512.Load(c + 3 * cRow + 0);
        var c31 = Vector512.Load(c + 3 * cRow + 16);
        var c32 = Vector512.Load(c + 3 * cRow + 32);
        var c40 = Vector512.Load(c + 4 * cRow + 0);
        var c41 = Vector512.Load(c + 4 * cRow + 16);
        var c42 = Vector512.Load(c + 4 * cRow + 32);
        var c50 = Vector512.Load(c + 5 * cRow + 0);
        var c51 = Vector512.Load(c + 5 * cRow + 16);
        var c52 = Vector512.Load(c + 5 * cRow + 32);
        var c60 = Vector512.Load(c + 6 * cRow + 0);
        var c61 = Vector512.Load(c + 6 * cRow + 16);
        var c62 = Vector512.Load(c + 6 * cRow + 32);
        var c70 = Vector512.Load(c + 7 * cRow + 0);
        var c71 = Vector512.Load(c + 7 * cRow + 16);
        var c72 = Vector512.Load(c + 7 * cRow + 32);
        for (var outer = walk.Outer; outer > 0; outer--, a += walk.AOuter, b += walk.BOuter)
        {
            float* x = a,
                w = b;
            for (var inner = walk.Inner; inner > 0; inner--, x += aInner, w += bInner)
            {
                var w0 = Vector512.Load(w + 0);
                var w1 = Vector512.Load(w + 16);
                var w2 = Vector512.Load(w + 32);
                var p = x;
                var v = Vector512.Create(*p);
                c00 = Vector512.FusedMultiplyAdd(v, w0, c00);
                c01 = Vector512.FusedMultiplyAdd(v, w1, c01);
                c02 = Vector512.FusedMultiplyAdd(v, w2, c02);
                p += row;
                v = Vector512.Create(*p);
                c10 = Vector512.FusedMultiplyAdd(v, w0, c10);
                c11 = Vector512.FusedMultiplyAdd(v, w1, c11);
                c12 = Vector512.FusedMultiplyAdd(v, w2, c12);
                p += row;
                v = Vector512.Create(*p);
                c20 = Vector512.FusedMultiplyAdd(v, w0, c20);
                c21 = Vector512.FusedMultiplyAdd(v, w1, c21);
                c22 = Vector512.FusedMultiplyAdd(v, w2, c22);
                p += row;
                v = Vector512.Create(*p);
                c30 = Vector512.FusedMultiplyAdd(v, w0, c30);
                c31 = Vector512.FusedMultiplyAdd(v, w1, c31);
                c32 = Vector512.FusedMultiplyAdd(v, w2, c32);
                p += row;
                v = Vector512.Create(*p);
                c40 = Vector512.FusedMultiplyAdd(v, w0, c40);
                c41 = Vector512.FusedMultiplyAdd(v, w1, c41);
                c42 = Vector512.FusedMultiplyAdd(v, w2, c42);
                p += row;
                v = Vector512.Create(*p);
                c50 = Vector512.FusedMultiplyAdd(v, w0, c50);
                c51 = Vector512.FusedMultiplyAdd(v, w1, c51);
                c52 = Vector512.FusedMultiplyAdd(v, w2, c52);
                p += row;
                v = Vector512.Create(*p);
                c60 = Vector512.FusedMultiplyAdd(v, w0, c60);
                c61 = Vector512.FusedMultiplyAdd(v, w1, c61);
                c62 = Vector512.FusedMultiplyAdd(v, w2, c62);
                p += row;
                v = Vector512.Create(*p);
                c70 = Vector512.FusedMultiplyAdd(v, w0, c70);
                c71 = Vector512.FusedMultiplyAdd(v, w1, c71);
                c72 = Vector512.FusedMultiplyAdd(v, w2, c72);
            }
        }
        c00.Store(c + 0 * cRow + 0);
        c01.Store(c + 0 * cRow + 16);
        c02.Store(c + 0 * cRow + 32);
        c10.Store(c + 1 * cRow + 0);
        c11.Store(c + 1 * cRow + 16);
        c12.Store(c + 1 * cRow + 32);
        c20.Store(c + 2 * cRow + 0);
        c21.Store(c + 2 * cRow + 16);
        c22.Store(c + 2 * cRow + 32);
        c30.Store(c + 3 * cRow + 0);
        c31.Store(c + 3 * cRow + 16);
        c32.Store(c + 3 * cRow + 32);
        c40.Store(c + 4 * cRow + 0);
        c41.Store(c + 4 * cRow + 16);
        c42.Store(c + 4 * cRow + 32);
        c50.Store(c + 5 * cRow + 0);
        c51.Store(c + 5 * cRow + 16);
        c52.Store(c + 5 * cRow + 32);
        c60.Store(c + 6 * cRow + 0);
        c61.Store(c + 6 * cRow + 16);
        c62.Store(c + 6 * cRow + 32);
        c70.Store(c + 7 * cRow + 0);
        c71.Store(c + 7 * cRow + 16);
        c72.Store(c + 7 * cRow + 32);
    }

    /// <summary>8 rows of 2 vectors of 16: 16 accumulators in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add8x32(float* a, float* b, float* c, nint cRow, in Walk walk)
    {
        nint row = walk.ARow,
            aInner = walk.AInner,
            bInner = walk.BInner;
        var c00 = Vector512.Load(c + 0 * cRow + 0);
        var c01 = Vector512.Load(c + 0 * cRow + 16);
        var c10 = Vector512.Load(c + 1 * cRow + 0);
        var c11 = Vector512.Load(c + 1 * cRow + 16);
        var c20 = Vector512.Load(c + 2 * cRow + 0);
        var c21 = Vector512.Load(c + 2 * cRow + 16);
        var c30 = Vector512.Load(c + 3 * cRow + 0);
        var c31 = Vector512.Load(c + 3 * cRow + 16);
        var c40 = Vector512.Load(c + 4 * cRow + 0);
        var c41 = Vector512.Load(c + 4 * cRow + 16);
        var c50 = Vector512.Load(c + 5 * cRow + 0);
        var c51 = Vector512.Load(c + 5 * cRow + 16);
        var c60 = Vector512.Load(c + 6 * cRow + 0);
        var c61 = Vector512.Load(c + 6 * cRow + 16);
        var c70 = Vector512.Load(c + 7 * cRow + 0);
        var c71 = Vector512.Load(c + 7 * cRow + 16);
        for (var outer = walk.Outer; outer > 0; outer--, a += walk.AOuter, b += walk.BOuter)
        {
            float* x = a,
                w = b;
            for (var inner = walk.Inner; inner > 0; inner--, x += aInner, w += bInner)
            {
                var w0 = Vector512.Load(w + 0);
                var w1 = Vector512.Load(w + 16);
                var p = x;
                var v = Vector512.Create(*p);
                c00 = Vector512.FusedMultiplyAdd(v, w0, c00);
                c01 = Vector512.FusedMultiplyAdd(v, w1, c01);
                p += row;
                v = Vector512.Create(*p);
                c10 = Vector512.FusedMultiplyAdd(v, w0, c10);
                c11 = Vector512.FusedMultiplyAdd(v, w1, c11);
                p += row;
                v = Vector512.Create(*p);
                c20 = Vector512.FusedMultiplyAdd(v, w0, c20);
                c21 = Vector512.FusedMultiplyAdd(v, w1, c21);
                p += row;
                v = Vector512.Create(*p);
                c30 = Vector512.FusedMultiplyAdd(v, w0, c30);
                c31 = Vector512.FusedMultiplyAdd(v, w1, c31);
                p += row;
                v = Vector512.Create(*p);
                c40 = Vector512.FusedMultiplyAdd(v, w0, c40);
                c41 = Vector512.FusedMultiplyAdd(v, w1, c41);
                p += row;
                v = Vector512.Create(*p);
                c50 = Vector512.FusedMultiplyAdd(v, w0, c50);
                c51 = Vector512.FusedMultiplyAdd(v, w1, c51);
                p += row;
                v = Vector512.Create(*p);
                c60 = Vector512.FusedMultiplyAdd(v, w0, c60);
                c61 = Vector512.FusedMultiplyAdd(v, w1, c61);
                p += row;
                v = Vector512.Create(*p);
                c70 = Vector512.FusedMultiplyAdd(v, w0, c70);
                c71 = Vector512.FusedMultiplyAdd(v, w1, c71);
            }
        }
        c00.Store(c + 0 * cRow + 0);
        c01.Store(c + 0 * cRow + 16);
        c10.Store(c + 1 * cRow + 0);
        c11.Store(c + 1 * cRow + 16);
        c20.Store(c + 2 * cRow + 0);
        c21.Store(c + 2 * cRow + 16);
        c30.Store(c + 3 * cRow + 0);
        c31.Store(c + 3 * cRow + 16);
        c40.Store(c + 4 * cRow + 0);
        c41.Store(c + 4 * cRow + 16);
        c50.Store(c + 5 * cRow + 0);
        c51.Store(c + 5 * cRow + 16);
        c60.Store(c + 6 * cRow + 0);
        c61.Store(c + 6 * cRow + 16);
        c70.Store(c + 7 * cRow + 0);
        c71.Store(c + 7 * cRow + 16);
    }

    /// <summary>8 rows of 1 vectors of 16: 8 accumulators in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add8x16(float* a, float* b, float* c, nint cRow, in Walk walk)
    {
        nint row = walk.ARow,
            aInner = walk.AInner,
            bInner = walk.BInner;
        var c00 = Vector512.Load(c + 0 * cRow + 0);
        var c10 = Vector512.Load(c + 1 * cRow + 0);
        var c20 = Vector512.Load(c + 2 * cRow + 0);
        var c30 = Vector512.Load(c + 3 * cRow + 0);
        var c40 = Vector512.Load(c + 4 * cRow + 0);
        var c50 = Vector512.Load(c + 5 * cRow + 0);
        var c60 = Vector512.Load(c + 6 * cRow + 0);
        var c70 = Vector512.Load(c + 7 * cRow + 0);
        for (var outer = walk.Outer; outer > 0; outer--, a += walk.AOuter, b += walk.BOuter)
        {
            float* x = a,
                w = b;
            for (var inner = walk.Inner; inner > 0; inner--, x += aInner, w += bInner)
            {
                var w0 = Vector512.Load(w + 0);
                var p = x;
                var v = Vector512.Create(*p);
                c00 = Vector512.FusedMultiplyAdd(v, w0, c00);
                p += row;
                v = Vector512.Create(*p);
                c10 = Vector512.FusedMultiplyAdd(v, w0, c10);
                p += row;
                v = Vector512.Create(*p);
                c20 = Vector512.FusedMultiplyAdd(v, w0, c20);
                p += row;
                v = Vector512.Create(*p);
                c30 = Vector512.FusedMultiplyAdd(v, w0, c30);
                p += row;
                v = Vector512.Create(*p);
                c40 = Vector512.FusedMultiplyAdd(v, w0, c40);
                p += row;
                v = Vector512.Create(*p);
                c50 = Vector512.FusedMultiplyAdd(v, w0, c50);
                p += row;
                v = Vector512.Create(*p);
                c60 = Vector512.FusedMultiplyAdd(v, w0, c60);
                p += row;
                v = Vector512.Create(*p);
                c70 = Vector512.FusedMultiplyAdd(v, w0, c70);
            }
        }
        c00.Store(c + 0 * cRow + 0);
        c10.Store(c + 1 * cRow + 0);
        c20.Store(c + 2 * cRow + 0);
        c30.Store(c + 3 * cRow + 0);
        c40.Store(c + 4 * cRow + 0);
        c50.Store(c + 5 * cRow + 0);
        c60.Store(c + 6 * cRow + 0);
        c70.Store(c + 7 * cRow + 0);
    }
}
