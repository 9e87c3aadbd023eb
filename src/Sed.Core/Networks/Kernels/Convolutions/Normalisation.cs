namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>Batch normalisation of one step: z = scale (x - mean) inverse + shift, per filter, folded into z = Factor x + Offset.</summary>
internal sealed unsafe class Normalisation
{
    private Normalisation(int filters)
    {
        Mean = new double[filters];
        Inverse = new double[filters];
        Factor = new float[filters];
        Offset = new float[filters];
    }

    /// <summary>Mean of every filter's output.</summary>
    public double[] Mean { get; }

    /// <summary>1 / sqrt(variance + epsilon).</summary>
    public double[] Inverse { get; }

    /// <summary>What the output is multiplied by.</summary>
    public float[] Factor { get; }

    /// <summary>What is added then.</summary>
    public float[] Offset { get; }

    /// <summary>From the statistics of this batch, which also move the running ones (with the unbiased variance, as torch does).</summary>
    public static Normalisation OfBatch(
        BlockShape shape,
        BlockWeights weights,
        double[] mean,
        double[] variance,
        double count,
        float* runningMean,
        float* runningVariance
    )
    {
        var normalisation = new Normalisation(shape.Filters);
        for (var filter = 0; filter < shape.Filters; filter++)
        {
            normalisation.Set(shape, weights, filter, mean[filter], variance[filter]);
            runningMean[filter] += (float)(shape.Momentum * (mean[filter] - runningMean[filter]));
            var unbiased = variance[filter] * count / Math.Max(1, count - 1);
            runningVariance[filter] += (float)(shape.Momentum * (unbiased - runningVariance[filter]));
        }
        return normalisation;
    }

    /// <summary>From the running statistics.</summary>
    public static Normalisation OfRunning(
        BlockShape shape,
        BlockWeights weights,
        float* runningMean,
        float* runningVariance
    )
    {
        var normalisation = new Normalisation(shape.Filters);
        for (var filter = 0; filter < shape.Filters; filter++)
            normalisation.Set(shape, weights, filter, runningMean[filter], runningVariance[filter]);
        return normalisation;
    }

    private void Set(BlockShape shape, BlockWeights weights, int filter, double mean, double variance)
    {
        Mean[filter] = mean;
        Inverse[filter] = 1 / Math.Sqrt(variance + shape.Epsilon);
        var factor = weights.ScaleFloats[filter] * Inverse[filter];
        Factor[filter] = (float)factor;
        Offset[filter] = (float)(weights.ShiftFloats[filter] - mean * factor);
    }
}
