using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>
/// Mean and variance of maps over a batch. Every normalisation of a dense block that finds a map finds the same: they are taken
/// once, in double precision, when the map is made.
/// </summary>
internal sealed unsafe class MapStatistics(int maps, double count)
{
    /// <summary>Values of a map in the batch.</summary>
    public double Count { get; } = count;

    /// <summary>The mean of each map.</summary>
    public double[] Mean { get; } = new double[maps];

    /// <summary>The variance of each map, divided by the count.</summary>
    public double[] Variance { get; } = new double[maps];

    /// <summary>Takes the sums of some maps over all clips.</summary>
    /// <param name="first">The first of the maps.</param>
    /// <param name="clips">Of each clip, sum and sum of squares of each of the maps.</param>
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

    /// <summary>Sum and sum of squares of a line.</summary>
    public static (double Sum, double Squares) Sums(float* line, int length)
    {
        Vector512<double> sum = default,
            squares = default;
        for (var at = 0; at < length; at += Tile.Lanes)
        {
            var (low, high) = Vector512.Widen(Vector512.Load(line + at));
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
