namespace Sed.Core.Networks.Kernels;

/// <summary>Sizes, hyperparameters and parameter addresses of a batch normalisation.</summary>
/// <param name="Filters">Number of filters (normalised channels).</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Momentum">Weight of a new batch in the running statistics.</param>
/// <param name="Scale">Address of the weight, shape (filters).</param>
/// <param name="Shift">Address of the bias, shape (filters).</param>
internal readonly unsafe record struct NormalisationWeights(
    int Filters,
    double Epsilon,
    double Momentum,
    nint Scale,
    nint Shift
)
{
    /// <summary>The weight as floats.</summary>
    public float* ScaleFloats => (float*)Scale;

    /// <summary>The bias as floats.</summary>
    public float* ShiftFloats => (float*)Shift;
}

/// <summary>
/// Batch normalisation as an affine function: for each filter, z = scale (x - mean) / sqrt(variance + epsilon) + shift is
/// computed as z = Factor x + Offset.
/// </summary>
internal sealed unsafe class Normalisation
{
    private Normalisation(int filters)
    {
        Mean = new double[filters];
        Inverse = new double[filters];
        Factor = new float[filters];
        Offset = new float[filters];
    }

    /// <summary>Mean of each filter.</summary>
    public double[] Mean { get; }

    /// <summary>1 / sqrt(variance + epsilon) of each filter.</summary>
    public double[] Inverse { get; }

    /// <summary>Multiplier of each filter.</summary>
    public float[] Factor { get; }

    /// <summary>Offset of each filter.</summary>
    public float[] Offset { get; }

    /// <summary>
    /// Normalisation by the statistics of the current batch. Also updates the running statistics; as in torch, the
    /// running variance is unbiased.
    /// </summary>
    public static Normalisation OfBatch(
        NormalisationWeights weights,
        double[] mean,
        double[] variance,
        double count,
        float* runningMean,
        float* runningVariance
    )
    {
        var normalisation = new Normalisation(weights.Filters);
        for (var filter = 0; filter < weights.Filters; filter++)
        {
            normalisation.Set(weights, filter, mean[filter], variance[filter]);
            runningMean[filter] += (float)(weights.Momentum * (mean[filter] - runningMean[filter]));
            var unbiased = variance[filter] * count / Math.Max(1, count - 1);
            runningVariance[filter] += (float)(weights.Momentum * (unbiased - runningVariance[filter]));
        }
        return normalisation;
    }

    /// <summary>Normalisation by the running statistics.</summary>
    public static Normalisation OfRunning(NormalisationWeights weights, float* runningMean, float* runningVariance)
    {
        var normalisation = new Normalisation(weights.Filters);
        for (var filter = 0; filter < weights.Filters; filter++)
            normalisation.Set(weights, filter, runningMean[filter], runningVariance[filter]);
        return normalisation;
    }

    private void Set(NormalisationWeights weights, int filter, double mean, double variance)
    {
        Mean[filter] = mean;
        Inverse[filter] = 1 / Math.Sqrt(variance + weights.Epsilon);
        var factor = weights.ScaleFloats[filter] * Inverse[filter];
        Factor[filter] = (float)factor;
        Offset[filter] = (float)(weights.ShiftFloats[filter] - mean * factor);
    }
}
