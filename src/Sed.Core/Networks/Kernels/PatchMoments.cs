using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Mean and covariance of the 3 x 3 patches of a batch of one-channel maps. A convolution's output w.p + b has the mean
/// w.mean + b and the variance w' covariance w over the batch, so batch normalisation needs no pass over its output.
/// </summary>
/// <param name="Mean">Mean of the nine values, row by row.</param>
/// <param name="Covariance">Their covariance (divided by the count), 9 x 9.</param>
/// <param name="Count">Patches: batch times frames times bins.</param>
internal sealed record PatchMoments(double[] Mean, double[] Covariance, double Count)
{
    /// <summary>Values of a patch.</summary>
    public const int Size = 9;

    private const int Sums = Size + Size * (Size + 1) / 2;

    /// <summary>Measures a batch.</summary>
    /// <param name="maps">(batch, frames + 2, bins + 2), the border zero.</param>
    public static unsafe PatchMoments Of(float* maps, int batch, int frames, int bins)
    {
        var clips = new double[batch][];
        Crew.Share(batch, clip => clips[clip] = SumsOf(maps + clip * (frames + 2L) * (bins + 2), frames, bins));
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

    /// <summary>Covariance times a kernel: the covariance of each patch value with the convolution's output.</summary>
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
    /// Sums of the nine values and of their 45 products over one clip, in doubles. Products of two rows so many frames
    /// apart are the same for every place in the patch; only the first and the last row make a difference, and only to
    /// products within a row, because the rows beyond them are zero.
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

        // Row 0 of a patch never is the clip's last row, row 2 never its first.
        double Within(int row, int sum) => whole[sum] - (row == 0 ? last[sum] : 0) - (row == 2 ? first[sum] : 0);

        static int Pair(int left, int right) => left == 0 ? right : left + right + 1;
    }

    // 3 sums of a row's values, 6 of products within it, 9 with the next row and 9 with the one after.
    private const int RowSums = 27;

    private static unsafe void AddRows(float* map, int from, int to, int frames, int bins, double[] sums)
    {
        const int lanes = 8;
        var width = bins + 2;
        var padded = (width + 2 * lanes - 1) / lanes * lanes;
        var rows = (double*)Scratch.Floats(0, 2L * 3 * padded);
        new Span<double>(rows, 3 * padded).Clear();
        for (var row = from; row < from + 2; row++)
            Widen(map, row, frames, width, rows + row % 3 * padded);
        Vector512<double> s0 = default,
            s1 = default,
            s2 = default,
            s3 = default,
            s4 = default,
            s5 = default,
            s6 = default,
            s7 = default,
            s8 = default,
            s9 = default,
            s10 = default,
            s11 = default,
            s12 = default,
            s13 = default,
            s14 = default,
            s15 = default,
            s16 = default,
            s17 = default,
            s18 = default,
            s19 = default,
            s20 = default,
            s21 = default,
            s22 = default,
            s23 = default,
            s24 = default,
            s25 = default,
            s26 = default;
        for (var row = from; row <= to; row++)
        {
            Widen(map, row + 2, frames, width, rows + (row + 2) % 3 * padded);
            double* a = rows + row % 3 * padded,
                b = rows + (row + 1) % 3 * padded,
                c = rows + (row + 2) % 3 * padded;
            for (var bin = 0; bin < bins; bin += lanes, a += lanes, b += lanes, c += lanes)
            {
                // Bins beyond the last one count nothing: it is enough that the left factor is zero there.
                var counted = Vector512.LessThan(
                    Vector512.Create(0L, 1, 2, 3, 4, 5, 6, 7),
                    Vector512.Create((long)(bins - bin))
                );
                var a0 = Vector512.Load(a + 0) & counted.AsDouble();
                var a1 = Vector512.Load(a + 1) & counted.AsDouble();
                var a2 = Vector512.Load(a + 2) & counted.AsDouble();
                s0 += a0;
                s1 += a1;
                s2 += a2;
                s3 = Vector512.FusedMultiplyAdd(a0, a0, s3);
                s4 = Vector512.FusedMultiplyAdd(a0, a1, s4);
                s5 = Vector512.FusedMultiplyAdd(a0, a2, s5);
                s6 = Vector512.FusedMultiplyAdd(a1, a1, s6);
                s7 = Vector512.FusedMultiplyAdd(a1, a2, s7);
                s8 = Vector512.FusedMultiplyAdd(a2, a2, s8);
                var b0 = Vector512.Load(b + 0);
                var b1 = Vector512.Load(b + 1);
                var b2 = Vector512.Load(b + 2);
                s9 = Vector512.FusedMultiplyAdd(a0, b0, s9);
                s10 = Vector512.FusedMultiplyAdd(a0, b1, s10);
                s11 = Vector512.FusedMultiplyAdd(a0, b2, s11);
                s12 = Vector512.FusedMultiplyAdd(a1, b0, s12);
                s13 = Vector512.FusedMultiplyAdd(a1, b1, s13);
                s14 = Vector512.FusedMultiplyAdd(a1, b2, s14);
                s15 = Vector512.FusedMultiplyAdd(a2, b0, s15);
                s16 = Vector512.FusedMultiplyAdd(a2, b1, s16);
                s17 = Vector512.FusedMultiplyAdd(a2, b2, s17);
                var c0 = Vector512.Load(c + 0);
                var c1 = Vector512.Load(c + 1);
                var c2 = Vector512.Load(c + 2);
                s18 = Vector512.FusedMultiplyAdd(a0, c0, s18);
                s19 = Vector512.FusedMultiplyAdd(a0, c1, s19);
                s20 = Vector512.FusedMultiplyAdd(a0, c2, s20);
                s21 = Vector512.FusedMultiplyAdd(a1, c0, s21);
                s22 = Vector512.FusedMultiplyAdd(a1, c1, s22);
                s23 = Vector512.FusedMultiplyAdd(a1, c2, s23);
                s24 = Vector512.FusedMultiplyAdd(a2, c0, s24);
                s25 = Vector512.FusedMultiplyAdd(a2, c1, s25);
                s26 = Vector512.FusedMultiplyAdd(a2, c2, s26);
            }
        }
        ReadOnlySpan<Vector512<double>> all =
        [
            s0,
            s1,
            s2,
            s3,
            s4,
            s5,
            s6,
            s7,
            s8,
            s9,
            s10,
            s11,
            s12,
            s13,
            s14,
            s15,
            s16,
            s17,
            s18,
            s19,
            s20,
            s21,
            s22,
            s23,
            s24,
            s25,
            s26,
        ];
        for (var i = 0; i < RowSums; i++)
            sums[i] += Vector512.Sum(all[i]);
    }

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
