using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels;

/// <summary>Count, mean and variance of several filters, added up group by group (Chan, Golub and LeVeque 1979).</summary>
internal sealed unsafe class Moments(int filters)
{
    private readonly double[] squares = new double[filters];

    /// <summary>Values per filter so far.</summary>
    public double Count { get; private set; }

    /// <summary>Mean of every filter.</summary>
    public double[] Mean { get; } = new double[filters];

    /// <summary>Variance of every filter, divided by the count.</summary>
    public double[] Variance => squares.Select(sum => sum / Count).ToArray();

    /// <summary>Adds one small group, (count, filters): its own mean first, then the squares around it, so nothing cancels.</summary>
    public void Add(float* values, int count)
    {
        var means = stackalloc float[Tile.Lanes];
        var spread = stackalloc float[Tile.Lanes];
        for (var j = 0; j < filters; j += Tile.Lanes)
        {
            var sum = Vector512<float>.Zero;
            for (var i = 0; i < count; i++)
                sum += Vector512.Load(values + (nint)i * filters + j);
            var mean = sum / Vector512.Create((float)count);
            var square = Vector512<float>.Zero;
            for (var i = 0; i < count; i++)
            {
                var off = Vector512.Load(values + (nint)i * filters + j) - mean;
                square = Vector512.MultiplyAddEstimate(off, off, square);
            }
            mean.Store(means);
            square.Store(spread);
            for (var lane = 0; lane < Tile.Lanes; lane++)
                Merge(j + lane, means[lane], spread[lane], Count, count);
        }
        Count += count;
    }

    /// <summary>All groups together, in their order.</summary>
    public static Moments Combine(IReadOnlyList<Moments> groups)
    {
        var all = new Moments(groups[0].Mean.Length);
        foreach (var group in groups)
        {
            for (var filter = 0; filter < all.Mean.Length; filter++)
                all.Merge(filter, group.Mean[filter], group.squares[filter], all.Count, group.Count);
            all.Count += group.Count;
        }
        return all;
    }

    private void Merge(int filter, double mean, double square, double before, double count)
    {
        var share = count / (before + count);
        var apart = mean - Mean[filter];
        Mean[filter] += apart * share;
        squares[filter] += square + apart * apart * before * share;
    }
}
