using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Mean and covariance of the 3 x 3 patches of a batch of one-channel maps. A convolution's output for the patch p is
/// w.p + b. Over the batch it has mean w.mean + b and variance w' covariance w, so batch normalisation needs no pass
/// over the output.
/// </summary>
/// <param name="Mean">Mean of the nine values, row by row.</param>
/// <param name="Covariance">Biased covariance of the nine values, 9 x 9.</param>
/// <param name="Count">Number of patches: batch times frames times bins.</param>
internal sealed record PatchMoments(double[] Mean, double[] Covariance, double Count)
{
    /// <summary>Values per patch.</summary>
    public const int Size = 9;

    private const int Sums = Size + Size * (Size + 1) / 2;

    /// <summary>Computes the moments of a batch.</summary>
    /// <param name="maps">Shape (batch, frames + 2, bins + 2), with zero padding.</param>
    /// <param name="batch">Number of clips.</param>
    /// <param name="frames">Number of frames without padding.</param>
    /// <param name="bins">Number of bins without padding.</param>
    public static unsafe PatchMoments Of(float* maps, int batch, int frames, int bins)
    {
        var clips = new double[batch][];
        KernelThreads.Run(batch, clip => clips[clip] = SumsOf(maps + clip * (frames + 2L) * (bins + 2), frames, bins));
        var total = new double[Sums];
        foreach (var clip in clips)
            for (var i = 0; i < Sums; i++)
                total[i] += clip[i];

        var count = (double)batch * frames * bins;
        var mean = total[..Size].Select(sum => sum / count).ToArray();
        var covariance = new double[Size * Size];
        for (int i = 0, next = Size; i < Size; i++)
        for (var j = i; j < Size; j++, next++)
            covariance[i * Size + j] = covariance[j * Size + i] = total[next] / count - mean[i] * mean[j];
        return new PatchMoments(mean, covariance, count);
    }

    /// <summary>
    /// Multiplies the covariance by a kernel, which gives the covariance of each patch value with the convolution's
    /// output.
    /// </summary>
    public void Times(ReadOnlySpan<double> kernel, Span<double> result)
    {
        for (var i = 0; i < Size; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < Size; j++)
                sum += Covariance[i * Size + j] * kernel[j];
            result[i] = sum;
        }
    }

    /// <summary>
    /// Sums of the nine values and of their 45 products over one clip, in double precision. The sum of products of two
    /// different rows of the patch depends only on the distance between the rows, because the padding rows are zero.
    /// Row 0 of the patch never covers the clip's last row, so sums within row 0 exclude it. Row 2 never covers the
    /// clip's first row, so sums within row 2 exclude it.
    /// </summary>
    private static unsafe double[] SumsOf(float* map, int frames, int bins)
    {
        var whole = new double[RowSums];
        AddRows(map, 1, frames, frames, bins, whole);
        double[] first = new double[RowSums],
            last = new double[RowSums];
        AddRows(map, 1, 1, frames, bins, first);
        AddRows(map, frames, frames, frames, bins, last);
        var result = new double[Sums];
        for (var i = 0; i < Size; i++)
            result[i] = Within(i / 3, i % 3);
        for (int i = 0, next = Size; i < Size; i++)
        for (var j = i; j < Size; j++, next++)
        {
            var (apart, left, right) = (j / 3 - i / 3, i % 3, j % 3);
            result[next] = apart switch
            {
                0 => Within(i / 3, 3 + Pair(left, right)),
                _ => whole[9 + (apart - 1) * 9 + left * 3 + right],
            };
        }
        return result;

        // Row 0 of a patch never covers the clip's last row, and row 2 never covers the first row.
        double Within(int row, int sum) => whole[sum] - (row == 0 ? last[sum] : 0) - (row == 2 ? first[sum] : 0);

        static int Pair(int left, int right) => left == 0 ? right : left + right + 1;
    }

    // Per row: 3 sums of values, 6 of products within the row, 9 of products with the next row and 9 with the row after
    // that.
    private const int RowSums = 27;
    private const int Lanes = 8;

    private static unsafe void AddRows(float* map, int from, int to, int frames, int bins, double[] sums)
    {
        var width = bins + 2;
        var padded = (width + 2 * Lanes - 1) / Lanes * Lanes;
        var rows = (double*)Scratch.Floats(0, 2L * 3 * padded);
        new Span<double>(rows, 3 * padded).Clear();
        for (var row = from; row < from + 2; row++)
            Widen(map, row, frames, width, rows + row % 3 * padded);
        Span<Vector512<double>> all = stackalloc Vector512<double>[RowSums];
        all.Clear();
        for (var row = from; row <= to; row++)
        {
            Widen(map, row + 2, frames, width, rows + (row + 2) % 3 * padded);
            var own = rows + row % 3 * padded;
            AddWithin(own, bins, all);
            AddProducts(own, rows + (row + 1) % 3 * padded, bins, all[9..]);
            AddProducts(own, rows + (row + 2) % 3 * padded, bins, all[18..]);
        }
        for (var i = 0; i < RowSums; i++)
            sums[i] += Vector512.Sum(all[i]);
    }

    /// <summary>Adds the sums of a row's values at the three columns of the patch, and of their six products.</summary>
    private static unsafe void AddWithin(double* row, int bins, Span<Vector512<double>> sums)
    {
        Vector512<double> s0 = sums[0],
            s1 = sums[1],
            s2 = sums[2],
            s3 = sums[3],
            s4 = sums[4],
            s5 = sums[5],
            s6 = sums[6],
            s7 = sums[7],
            s8 = sums[8];
        for (var bin = 0; bin < bins; bin += Lanes, row += Lanes)
        {
            var counted = Counted(bins - bin);
            var a0 = Vector512.Load(row + 0) & counted;
            var a1 = Vector512.Load(row + 1) & counted;
            var a2 = Vector512.Load(row + 2) & counted;
            s0 += a0;
            s1 += a1;
            s2 += a2;
            s3 = Vector512.FusedMultiplyAdd(a0, a0, s3);
            s4 = Vector512.FusedMultiplyAdd(a0, a1, s4);
            s5 = Vector512.FusedMultiplyAdd(a0, a2, s5);
            s6 = Vector512.FusedMultiplyAdd(a1, a1, s6);
            s7 = Vector512.FusedMultiplyAdd(a1, a2, s7);
            s8 = Vector512.FusedMultiplyAdd(a2, a2, s8);
        }
        ReadOnlySpan<Vector512<double>> added = [s0, s1, s2, s3, s4, s5, s6, s7, s8];
        added.CopyTo(sums);
    }

    /// <summary>
    /// Adds the nine products of the three values of one row of the patch with the three values of another row.
    /// </summary>
    private static unsafe void AddProducts(double* row, double* other, int bins, Span<Vector512<double>> sums)
    {
        Vector512<double> s0 = sums[0],
            s1 = sums[1],
            s2 = sums[2],
            s3 = sums[3],
            s4 = sums[4],
            s5 = sums[5],
            s6 = sums[6],
            s7 = sums[7],
            s8 = sums[8];
        for (var bin = 0; bin < bins; bin += Lanes, row += Lanes, other += Lanes)
        {
            var counted = Counted(bins - bin);
            var a0 = Vector512.Load(row + 0) & counted;
            var a1 = Vector512.Load(row + 1) & counted;
            var a2 = Vector512.Load(row + 2) & counted;
            var b0 = Vector512.Load(other + 0);
            var b1 = Vector512.Load(other + 1);
            var b2 = Vector512.Load(other + 2);
            s0 = Vector512.FusedMultiplyAdd(a0, b0, s0);
            s1 = Vector512.FusedMultiplyAdd(a0, b1, s1);
            s2 = Vector512.FusedMultiplyAdd(a0, b2, s2);
            s3 = Vector512.FusedMultiplyAdd(a1, b0, s3);
            s4 = Vector512.FusedMultiplyAdd(a1, b1, s4);
            s5 = Vector512.FusedMultiplyAdd(a1, b2, s5);
            s6 = Vector512.FusedMultiplyAdd(a2, b0, s6);
            s7 = Vector512.FusedMultiplyAdd(a2, b1, s7);
            s8 = Vector512.FusedMultiplyAdd(a2, b2, s8);
        }
        ReadOnlySpan<Vector512<double>> added = [s0, s1, s2, s3, s4, s5, s6, s7, s8];
        added.CopyTo(sums);
    }

    /// <summary>
    /// Returns the mask of the lanes that hold existing bins. It is enough to mask one factor of each product.
    /// </summary>
    private static Vector512<double> Counted(int bins) =>
        Vector512.LessThan(Vector512.Create(0L, 1, 2, 3, 4, 5, 6, 7), Vector512.Create((long)bins)).AsDouble();

    private static unsafe void Widen(float* map, int row, int frames, int width, double* to)
    {
        if (row > frames + 1)
        {
            new Span<double>(to, width).Clear();
            return;
        }
        var from = map + row * (long)width;
        for (var bin = 0; bin < width; bin++)
            to[bin] = from[bin];
    }
}
