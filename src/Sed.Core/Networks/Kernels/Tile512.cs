using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Register tiles of <see cref="Tile"/> with 512-bit vectors, for processors with AVX-512 (32 registers).
/// </summary>
internal static unsafe class Tile512
{
    /// <summary>
    /// Computes eight rows of <see cref="Tile.Add"/>. The <paramref name="width"/> is a multiple of 16.
    /// </summary>
    public static void AddEightRows(float* a, float* b, float* c, nint cRow, int width, in ReductionLoop loop)
    {
        while (width > 0)
        {
            var step = Tile.Columns(width);
            if (step == 48)
                Add<ThreeVectors>(a, b, c, cRow, loop);
            else if (step == 32)
                Add<TwoVectors>(a, b, c, cRow, loop);
            else
                Add<OneVector>(a, b, c, cRow, loop);
            b += step;
            c += step;
            width -= step;
        }
    }

    /// <summary>
    /// Eight rows of one to three vectors of 16 floats, with up to 24 accumulators in registers. The conditions are
    /// constant for each type argument, so the JIT compiles one branch-free method per width.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TColumns>(float* a, float* b, float* c, nint cRow, in ReductionLoop loop)
        where TColumns : struct, ITileColumns
    {
        nint row = loop.ARow,
            aInner = loop.AInner,
            bInner = loop.BInner;
        var c00 = Vector512.Load(c + 0 * cRow);
        var c01 = TColumns.Vectors > 1 ? Vector512.Load(c + 0 * cRow + 16) : default;
        var c02 = TColumns.Vectors > 2 ? Vector512.Load(c + 0 * cRow + 32) : default;
        var c10 = Vector512.Load(c + 1 * cRow);
        var c11 = TColumns.Vectors > 1 ? Vector512.Load(c + 1 * cRow + 16) : default;
        var c12 = TColumns.Vectors > 2 ? Vector512.Load(c + 1 * cRow + 32) : default;
        var c20 = Vector512.Load(c + 2 * cRow);
        var c21 = TColumns.Vectors > 1 ? Vector512.Load(c + 2 * cRow + 16) : default;
        var c22 = TColumns.Vectors > 2 ? Vector512.Load(c + 2 * cRow + 32) : default;
        var c30 = Vector512.Load(c + 3 * cRow);
        var c31 = TColumns.Vectors > 1 ? Vector512.Load(c + 3 * cRow + 16) : default;
        var c32 = TColumns.Vectors > 2 ? Vector512.Load(c + 3 * cRow + 32) : default;
        var c40 = Vector512.Load(c + 4 * cRow);
        var c41 = TColumns.Vectors > 1 ? Vector512.Load(c + 4 * cRow + 16) : default;
        var c42 = TColumns.Vectors > 2 ? Vector512.Load(c + 4 * cRow + 32) : default;
        var c50 = Vector512.Load(c + 5 * cRow);
        var c51 = TColumns.Vectors > 1 ? Vector512.Load(c + 5 * cRow + 16) : default;
        var c52 = TColumns.Vectors > 2 ? Vector512.Load(c + 5 * cRow + 32) : default;
        var c60 = Vector512.Load(c + 6 * cRow);
        var c61 = TColumns.Vectors > 1 ? Vector512.Load(c + 6 * cRow + 16) : default;
        var c62 = TColumns.Vectors > 2 ? Vector512.Load(c + 6 * cRow + 32) : default;
        var c70 = Vector512.Load(c + 7 * cRow);
        var c71 = TColumns.Vectors > 1 ? Vector512.Load(c + 7 * cRow + 16) : default;
        var c72 = TColumns.Vectors > 2 ? Vector512.Load(c + 7 * cRow + 32) : default;
        for (var outer = loop.Outer; outer > 0; outer--, a += loop.AOuter, b += loop.BOuter)
        {
            float* x = a,
                w = b;
            for (var inner = loop.Inner; inner > 0; inner--, x += aInner, w += bInner)
            {
                var w0 = Vector512.Load(w);
                var w1 = TColumns.Vectors > 1 ? Vector512.Load(w + 16) : default;
                var w2 = TColumns.Vectors > 2 ? Vector512.Load(w + 32) : default;
                var p = x;
                var v = Vector512.Create(*p);
                c00 = Vector512.FusedMultiplyAdd(v, w0, c00);
                if (TColumns.Vectors > 1)
                    c01 = Vector512.FusedMultiplyAdd(v, w1, c01);
                if (TColumns.Vectors > 2)
                    c02 = Vector512.FusedMultiplyAdd(v, w2, c02);
                p += row;
                v = Vector512.Create(*p);
                c10 = Vector512.FusedMultiplyAdd(v, w0, c10);
                if (TColumns.Vectors > 1)
                    c11 = Vector512.FusedMultiplyAdd(v, w1, c11);
                if (TColumns.Vectors > 2)
                    c12 = Vector512.FusedMultiplyAdd(v, w2, c12);
                p += row;
                v = Vector512.Create(*p);
                c20 = Vector512.FusedMultiplyAdd(v, w0, c20);
                if (TColumns.Vectors > 1)
                    c21 = Vector512.FusedMultiplyAdd(v, w1, c21);
                if (TColumns.Vectors > 2)
                    c22 = Vector512.FusedMultiplyAdd(v, w2, c22);
                p += row;
                v = Vector512.Create(*p);
                c30 = Vector512.FusedMultiplyAdd(v, w0, c30);
                if (TColumns.Vectors > 1)
                    c31 = Vector512.FusedMultiplyAdd(v, w1, c31);
                if (TColumns.Vectors > 2)
                    c32 = Vector512.FusedMultiplyAdd(v, w2, c32);
                p += row;
                v = Vector512.Create(*p);
                c40 = Vector512.FusedMultiplyAdd(v, w0, c40);
                if (TColumns.Vectors > 1)
                    c41 = Vector512.FusedMultiplyAdd(v, w1, c41);
                if (TColumns.Vectors > 2)
                    c42 = Vector512.FusedMultiplyAdd(v, w2, c42);
                p += row;
                v = Vector512.Create(*p);
                c50 = Vector512.FusedMultiplyAdd(v, w0, c50);
                if (TColumns.Vectors > 1)
                    c51 = Vector512.FusedMultiplyAdd(v, w1, c51);
                if (TColumns.Vectors > 2)
                    c52 = Vector512.FusedMultiplyAdd(v, w2, c52);
                p += row;
                v = Vector512.Create(*p);
                c60 = Vector512.FusedMultiplyAdd(v, w0, c60);
                if (TColumns.Vectors > 1)
                    c61 = Vector512.FusedMultiplyAdd(v, w1, c61);
                if (TColumns.Vectors > 2)
                    c62 = Vector512.FusedMultiplyAdd(v, w2, c62);
                p += row;
                v = Vector512.Create(*p);
                c70 = Vector512.FusedMultiplyAdd(v, w0, c70);
                if (TColumns.Vectors > 1)
                    c71 = Vector512.FusedMultiplyAdd(v, w1, c71);
                if (TColumns.Vectors > 2)
                    c72 = Vector512.FusedMultiplyAdd(v, w2, c72);
            }
        }
        c00.Store(c + 0 * cRow);
        c10.Store(c + 1 * cRow);
        c20.Store(c + 2 * cRow);
        c30.Store(c + 3 * cRow);
        c40.Store(c + 4 * cRow);
        c50.Store(c + 5 * cRow);
        c60.Store(c + 6 * cRow);
        c70.Store(c + 7 * cRow);
        if (TColumns.Vectors > 1)
        {
            c01.Store(c + 0 * cRow + 16);
            c11.Store(c + 1 * cRow + 16);
            c21.Store(c + 2 * cRow + 16);
            c31.Store(c + 3 * cRow + 16);
            c41.Store(c + 4 * cRow + 16);
            c51.Store(c + 5 * cRow + 16);
            c61.Store(c + 6 * cRow + 16);
            c71.Store(c + 7 * cRow + 16);
        }
        if (TColumns.Vectors > 2)
        {
            c02.Store(c + 0 * cRow + 32);
            c12.Store(c + 1 * cRow + 32);
            c22.Store(c + 2 * cRow + 32);
            c32.Store(c + 3 * cRow + 32);
            c42.Store(c + 4 * cRow + 32);
            c52.Store(c + 5 * cRow + 32);
            c62.Store(c + 6 * cRow + 32);
            c72.Store(c + 7 * cRow + 32);
        }
    }
}
