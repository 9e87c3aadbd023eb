using Sed.Core.Networks.Kernels;

namespace Sed.Core.Tests.Networks.Kernels;

public sealed unsafe class TileTests
{
    /// <summary>Widths that use each tile alone and in sequence.</summary>
    public static TheoryData<int> Widths => [16, 32, 48, 64, 80, 96, 112, 144, 240];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_tile_equals_the_term_by_term_sum_bit_for_bit(int width)
    {
        const int inner = 7;
        const int outer = 3;
        var random = new Random(width);
        var a = Values(random, 8 * inner * outer);
        var b = Values(random, inner * outer * width);
        var before = Values(random, 8 * width);
        var loop = new ReductionLoop(inner * outer, inner, 1, width, outer, inner, inner * width);

        var expected = TermByTerm(a, b, before, width, inner * outer);
        Assert.Equal(expected, Computed(a, b, before, (x, y, z) => Tile256.AddEightRows(x, y, z, width, width, loop)));
        // Without AVX-512, .NET splits each vector in two; the order of each sum is unchanged.
        Assert.Equal(expected, Computed(a, b, before, (x, y, z) => Tile512.AddEightRows(x, y, z, width, width, loop)));
        Assert.Equal(expected, Computed(a, b, before, (x, y, z) => Tile.Add(x, y, z, width, 8, width, loop)));
        // Seven rows use the tile of four rows and single rows.
        Assert.Equal(
            expected[..(7 * width)],
            Computed(a, b, before, (x, y, z) => Tile.Add(x, y, z, width, 7, width, loop))[..(7 * width)]
        );
    }

    private delegate void Product(float* a, float* b, float* c);

    private static uint[] Computed(float[] a, float[] b, float[] before, Product product)
    {
        var c = (float[])before.Clone();
        fixed (
            float* x = a,
                y = b,
                z = c
        )
            product(x, y, z);
        return [.. c.Select(BitConverter.SingleToUInt32Bits)];
    }

    private static uint[] TermByTerm(float[] a, float[] b, float[] before, int width, int terms)
    {
        var sums = new uint[before.Length];
        for (var row = 0; row < 8; row++)
        for (var column = 0; column < width; column++)
        {
            var sum = before[row * width + column];
            for (var term = 0; term < terms; term++)
                sum = MathF.FusedMultiplyAdd(a[row * terms + term], b[term * width + column], sum);
            sums[row * width + column] = BitConverter.SingleToUInt32Bits(sum);
        }
        return sums;
    }

    private static float[] Values(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
}
