using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>
/// What batch normalisation takes off gradients because its mean and variance depend on the values, too: for each map a + b
/// (value - mean), added up over all normalisations that found it and taken off when all have.
/// </summary>
internal sealed unsafe class MeanGradients(int maps, MapStatistics statistics)
{
    private readonly double[] constant = new double[maps];
    private readonly double[] slope = new double[maps];

    /// <summary>A map's mean.</summary>
    public float Mean(int map) => (float)statistics.Mean[map];

    /// <summary>Adds what one normalisation takes off.</summary>
    /// <param name="map">The map.</param>
    /// <param name="plain">Sum over the batch of the gradient behind the normalisation, times its factor.</param>
    /// <param name="weighted">The same of that gradient times (value - mean), times the factor and the inverse variance.</param>
    public void Add(int map, double plain, double weighted)
    {
        constant[map] += plain / statistics.Count;
        slope[map] += weighted / statistics.Count;
    }

    /// <summary>Takes it off one line.</summary>
    /// <param name="map">The map.</param>
    /// <param name="line">Its values.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="to">Receives what is left.</param>
    /// <param name="length">A multiple of a vector's lanes.</param>
    public void Apply(int map, float* line, float* gradient, float* to, int length)
    {
        var mean = Vector512.Create(Mean(map));
        var (a, b) = (Vector512.Create((float)constant[map]), Vector512.Create((float)slope[map]));
        for (var at = 0; at < length; at += Tile.Lanes)
        {
            var off = Vector512.MultiplyAddEstimate(b, Vector512.Load(line + at) - mean, a);
            (Vector512.Load(gradient + at) - off).Store(to + at);
        }
    }
}
