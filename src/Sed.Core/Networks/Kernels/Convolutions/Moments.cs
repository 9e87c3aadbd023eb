using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Count, mean and variance of each filter's values in one clip, and their combination over clips. Within a clip,
/// differences from the mean of the first strip are summed, which avoids cancellation. Clips are combined by the
/// formula of Chan, Golub and LeVeque (1979).
/// </summary>
internal sealed unsafe class Moments(int filters)
{
    private readonly float[] origin = new float[filters];
    private readonly double[] sums = new double[filters];
    private readonly double[] squares = new double[filters];

    /// <summary>Number of values per filter.</summary>
    public double Count { get; private set; }

    /// <summary>Adds a strip of <paramref name="count"/> values per filter, shape (count, filters).</summary>
    public void Add(float* values, int count)
    {
        var step = filters;
        fixed (float* origins = origin)
            for (var j = 0; j < step; j += Simd.Lanes)
            {
                if (Count == 0)
                    Mean(values + j, count, step).Store(origins + j);
                var from = Vector512.Load(origins + j);
                Vector512<float> sumA = default,
                    sumB = default,
                    squareA = default,
                    squareB = default;
                var value = values + j;
                var i = 0;
                for (; i + 1 < count; i += 2, value += 2 * step)
                {
                    var a = Vector512.Load(value) - from;
                    var b = Vector512.Load(value + step) - from;
                    sumA += a;
                    sumB += b;
                    squareA = Vector512.MultiplyAddEstimate(a, a, squareA);
                    squareB = Vector512.MultiplyAddEstimate(b, b, squareB);
                }
                if (i < count)
                {
                    var a = Vector512.Load(value) - from;
                    sumA += a;
                    squareA = Vector512.MultiplyAddEstimate(a, a, squareA);
                }
                AddTo(sums, j, sumA + sumB);
                AddTo(squares, j, squareA + squareB);
            }
        Count += count;
    }

    /// <summary>Returns the mean, the biased variance and the number of values of each filter over all clips.</summary>
    public static (double[] Mean, double[] Variance, double Count) Combine(IReadOnlyList<Moments> clips)
    {
        var filters = clips[0].sums.Length;
        double[] mean = new double[filters],
            variance = new double[filters];
        var count = 0.0;
        foreach (var clip in clips)
        {
            var share = clip.Count / (count + clip.Count);
            for (var filter = 0; filter < filters; filter++)
            {
                var above = clip.sums[filter] / clip.Count;
                var spread = clip.squares[filter] - above * clip.sums[filter];
                var apart = clip.origin[filter] + above - mean[filter];
                mean[filter] += apart * share;
                variance[filter] += spread + apart * apart * count * share;
            }
            count += clip.Count;
        }
        for (var filter = 0; filter < filters; filter++)
            variance[filter] = Math.Max(0, variance[filter] / count);
        return (mean, variance, count);
    }

    private static Vector512<float> Mean(float* values, int count, int step)
    {
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < count; i++)
            sum += Vector512.Load(values + (nint)i * step);
        return sum / Vector512.Create((float)count);
    }

    private static void AddTo(double[] to, int from, Vector512<float> values)
    {
        var (low, high) = Vector512.Widen(values);
        fixed (double* start = &to[from])
        {
            (Vector512.Load(start) + low).Store(start);
            (Vector512.Load(start + 8) + high).Store(start + 8);
        }
    }
}
