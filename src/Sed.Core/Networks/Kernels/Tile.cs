using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// The reduction loop of a small matrix product: <see cref="Outer"/> times <see cref="Inner"/> terms, with strides in
/// floats. A convolution needs the two levels: the inner loop runs over the channels of neighbouring bins, the outer loop
/// over the kernel's frames.
/// </summary>
/// <param name="ARow">Stride of the left operand from one row of the result to the next.</param>
/// <param name="Inner">Terms of the inner loop.</param>
/// <param name="AInner">Stride of the left operand in the inner loop.</param>
/// <param name="BInner">Stride of the right operand in the inner loop.</param>
/// <param name="Outer">Iterations of the outer loop.</param>
/// <param name="AOuter">Stride of the left operand in the outer loop.</param>
/// <param name="BOuter">Stride of the right operand in the outer loop.</param>
internal readonly record struct ReductionLoop(
    nint ARow,
    int Inner,
    nint AInner,
    nint BInner,
    int Outer = 1,
    nint AOuter = 0,
    nint BOuter = 0
);

/// <summary>
/// Small matrix products in registers, used by the convolutions and recurrent layers. The reduction loop fixes the
/// order of each sum, so that results are identical on all processors with fused multiply-add.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>c[r, j] += sum over k of a[r, k] b[k, j].</summary>
    /// <param name="a">Left operand.</param>
    /// <param name="b">Right operand; the columns of a row are contiguous.</param>
    /// <param name="c">Result; the columns of a row are contiguous.</param>
    /// <param name="cRow">Stride of the result from row to row.</param>
    /// <param name="rows">Rows of the result. Fastest for multiples of eight, then of four.</param>
    /// <param name="width">Columns of the result, a multiple of <see cref="Simd.Lanes"/>.</param>
    /// <param name="loop">Terms and strides of the sum.</param>
    public static void Add(float* a, float* b, float* c, nint cRow, int rows, int width, in ReductionLoop loop)
    {
        for (; rows >= 8; rows -= 8, a += 8 * loop.ARow, c += 8 * cRow)
        {
            // Vector512.IsHardwareAccelerated is false on processors that lower their clock for AVX-512, but AVX-512 is
            // still faster here.
            if (Avx512F.IsSupported)
                Tile512.AddEightRows(a, b, c, cRow, width, loop);
            else
                Tile256.AddEightRows(a, b, c, cRow, width, loop);
        }
        if (rows >= 4)
        {
            Tile256.AddFourRows(a, b, c, cRow, width, loop);
            rows -= 4;
            a += 4 * loop.ARow;
            c += 4 * cRow;
        }
        for (; rows > 0; rows--, a += loop.ARow, c += cRow)
            AddRow(a, b, c, width, loop);
    }

    /// <summary>The width in columns of the next tile.</summary>
    /// <param name="left">Number of columns that remain to be computed, a multiple of <see cref="Simd.Lanes"/>.</param>
    public static int Columns(int left) => left == 64 ? 32 : Math.Min(left, 48);

    private static void AddRow(float* a, float* b, float* c, int width, in ReductionLoop loop)
    {
        for (var j = 0; j < width; j += Simd.Lanes)
        {
            var low = Vector256.Load(c + j);
            var high = Vector256.Load(c + j + 8);
            for (var outer = 0; outer < loop.Outer; outer++)
            {
                var x = a + outer * loop.AOuter;
                var w = b + outer * loop.BOuter + j;
                for (var inner = 0; inner < loop.Inner; inner++, x += loop.AInner, w += loop.BInner)
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

/// <summary>Width of a register tile, encoded as a type so that the JIT treats the width as a constant.</summary>
internal interface ITileColumns
{
    /// <summary>Number of vectors per row of the tile.</summary>
    static abstract int Vectors { get; }
}

/// <summary>The width of a tile with one vector per row.</summary>
internal readonly struct OneVector : ITileColumns
{
    /// <inheritdoc/>
    public static int Vectors => 1;
}

/// <summary>The width of a tile with two vectors per row.</summary>
internal readonly struct TwoVectors : ITileColumns
{
    /// <inheritdoc/>
    public static int Vectors => 2;
}

/// <summary>The width of a tile with three vectors per row.</summary>
internal readonly struct ThreeVectors : ITileColumns
{
    /// <inheritdoc/>
    public static int Vectors => 3;
}
