using Sed.Core.Networks.Kernels;

namespace Sed.Core.Tests.Networks.Kernels;

public sealed unsafe class TileTests
{
    /// <summary>Widths that take every tile, alone and after one another.</summary>
    public static TheoryData<int> Widths => [16, 32, 48, 64, 80, 96, 112, 144, 240];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Both_kinds_of_registers_give_the_bits_of_sums_made_one_by_one(int width)
    {
        const int inner = 7;
        const int outer = 3;
        var random = new Random(width);
        var a = Values(random, 8 * inner * outer);
        var b = Values(random, inner * outer * width);
        var before = Values(random, 8 * width);
        var walk = new Walk(inner * outer, inner, 1, width, outer, inner, inner * width);

        var expected = OneByOne(a, b, before, width, inner * outer);
        Assert.Equal(expected, Computed(a, b, before, (x, y, z) => Tile256.AddEightRows(x, y, z, width, width, walk)));
        // Without AVX-512 .NET splits each of its vectors in two: the sums and their order are the same.
        Assert.Equal(expected, Computed(a, b, before, (x, y, z) => Tile512.AddEightRows(x, y, z, width, width, walk)));
        Assert.Equal(expected, Computed(a, b, before, (x, y, z) => Tile.Add(x, y, z, width, 8, width, walk)));
        // Seven rows and one: rows one by one, too.
        Assert.Equal(
            expected[..(7 * width)],
            Computed(a, b, before, (x, y, z) => Tile.Add(x, y, z, width, 7, width, walk))[..(7 * width)]
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

    private static uint[] OneByOne(float[] a, float[] b, float[] before, int width, int terms)
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
