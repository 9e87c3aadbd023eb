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

    /// <summary>Sums of the nine values and of their 45 products over one clip, frame by frame in doubles.</summary>
    private static unsafe double[] SumsOf(float* map, int frames, int bins)
    {
        const int lanes = 8;
        var width = bins + 2;
        var rows = (bins + lanes - 1) / lanes * lanes;
        // Three frames, each shifted by 0, 1 and 2 bins, as doubles; zero beyond the last bin, to be summed in whole vectors.
        var values = (double*)Scratch.Floats(0, 2L * Size * rows);
        var sums = (double*)Scratch.Floats(1, 2L * Sums * lanes);
        new Span<double>(values, Size * rows).Clear();
        new Span<double>(sums, Sums * lanes).Clear();
        var patch = stackalloc double*[Size];
        for (var frame = -2; frame < frames; frame++)
        {
            // The oldest of the three frames makes room for the newest.
            var newest = values + (frame + 2) % 3 * 3 * rows;
            for (var shift = 0; shift < 3; shift++)
            for (var bin = 0; bin < bins; bin++)
                newest[shift * rows + bin] = map[(frame + 2) * width + shift + bin];
            if (frame < 0)
                continue;
            for (var i = 0; i < Size; i++)
                patch[i] = values + ((frame + i / 3) % 3 * 3 + i % 3) * rows;
            var sum = sums;
            for (var i = 0; i < Size; i++, sum += lanes)
            {
                var added = Vector512.Load(sum);
                for (var bin = 0; bin < rows; bin += lanes)
                    added += Vector512.Load(patch[i] + bin);
                added.Store(sum);
            }
            for (var i = 0; i < Size; i++)
            for (var j = i; j < Size; j++, sum += lanes)
            {
                var added = Vector512.Load(sum);
                for (var bin = 0; bin < rows; bin += lanes)
                    added = Vector512.MultiplyAddEstimate(
                        Vector512.Load(patch[i] + bin),
                        Vector512.Load(patch[j] + bin),
                        added
                    );
                added.Store(sum);
            }
        }
        var result = new double[Sums];
        for (var i = 0; i < Sums; i++)
            result[i] = Vector512.Sum(Vector512.Load(sums + i * lanes));
        return result;
    }
}
