using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>
/// Mean and variance of feature maps over a batch, in double precision. Every later convolution of a dense block normalises
/// a map again, always with the same mean and variance, so these are computed once, as soon as the map is complete.
/// </summary>
internal sealed unsafe class MapStatistics(int maps, double count)
{
    /// <summary>Number of values per map in the batch.</summary>
    public double Count { get; } = count;

    /// <summary>Mean of each map.</summary>
    public double[] Mean { get; } = new double[maps];

    /// <summary>Biased variance of each map.</summary>
    public double[] Variance { get; } = new double[maps];

    /// <summary>Sets the statistics of consecutive maps.</summary>
    /// <param name="first">Index of the first map.</param>
    /// <param name="clips">Sum and sum of squares, by clip and map.</param>
    public void Set(int first, (double Sum, double Squares)[][] clips)
    {
        for (var map = 0; map < clips[0].Length; map++)
        {
            double sum = 0,
                squares = 0;
            foreach (var clip in clips)
            {
                sum += clip[map].Sum;
                squares += clip[map].Squares;
            }
            var mean = sum / Count;
            Mean[first + map] = mean;
            Variance[first + map] = Math.Max(0, squares / Count - mean * mean);
        }
    }

    /// <summary>Sum and sum of squares of a row.</summary>
    public static (double Sum, double Squares) Sums(float* row, int length)
    {
        Vector512<double> sum = default,
            squares = default;
        for (var at = 0; at < length; at += Simd.Lanes)
        {
            var (low, high) = Vector512.Widen(Vector512.Load(row + at));
            sum += low;
            sum += high;
            squares = Vector512.MultiplyAddEstimate(low, low, squares);
            squares = Vector512.MultiplyAddEstimate(high, high, squares);
        }
        double all = 0,
            allSquares = 0;
        for (var lane = 0; lane < Vector512<double>.Count; lane++)
        {
            all += sum[lane];
            allSquares += squares[lane];
        }
        return (all, allSquares);
    }
}

/// <summary>
/// The part of the gradient that flows through the batch's mean and variance. For each map and normalisation it is a + b
/// (value - mean). The sums of a and b over all normalisations of a map are accumulated; once they are complete, this part
/// is subtracted from the map's gradient.
/// </summary>
internal sealed unsafe class StatisticsGradients(int maps, MapStatistics statistics)
{
    private readonly double[] constant = new double[maps];
    private readonly double[] slope = new double[maps];

    /// <summary>Mean of a map.</summary>
    public float Mean(int map) => (float)statistics.Mean[map];

    /// <summary>Adds the contribution of one normalisation.</summary>
    /// <param name="map">Index of the map.</param>
    /// <param name="plain">
    /// Sum over the batch of the normalisation's output gradient, times the normalisation's factor.
    /// </param>
    /// <param name="weighted">
    /// Sum over the batch of the normalisation's output gradient times (value - mean), times the normalisation's
    /// factor, divided by (variance + epsilon).
    /// </param>
    public void Add(int map, double plain, double weighted)
    {
        constant[map] += plain / statistics.Count;
        slope[map] += weighted / statistics.Count;
    }

    /// <summary>Subtracts the part that flows through the batch statistics from the gradient of one row.</summary>
    /// <param name="map">Index of the row's map.</param>
    /// <param name="row">Values of the row.</param>
    /// <param name="gradient">Gradient of the row.</param>
    /// <param name="to">Receives the difference.</param>
    /// <param name="length">Length of the row, a multiple of the vector length.</param>
    public void Apply(int map, float* row, float* gradient, float* to, int length)
    {
        var mean = Vector512.Create(Mean(map));
        var (a, b) = (Vector512.Create((float)constant[map]), Vector512.Create((float)slope[map]));
        for (var at = 0; at < length; at += Simd.Lanes)
        {
            var correction = Vector512.MultiplyAddEstimate(b, Vector512.Load(row + at) - mean, a);
            (Vector512.Load(gradient + at) - correction).Store(to + at);
        }
    }
}
