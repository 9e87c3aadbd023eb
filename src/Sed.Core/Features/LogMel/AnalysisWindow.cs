namespace Sed.Core.Features.LogMel;

/// <summary>Analysis windows of the short-time Fourier transform.</summary>
internal static class AnalysisWindow
{
    /// <summary>The values of a window, shape (samples).</summary>
    internal static double[] Values(WindowShape shape, int samples)
    {
        var hamming = shape is WindowShape.HammingPeriodic or WindowShape.HammingSymmetric;
        var periodic = shape is WindowShape.HammingPeriodic or WindowShape.HannPeriodic;
        double period = periodic ? samples : samples - 1;
        var mean = hamming ? 0.54 : 0.5;
        var values = new double[samples];
        for (var n = 0; n < samples; n++)
            values[n] = mean - ((1 - mean) * Math.Cos(2 * Math.PI * n / period));
        return values;
    }
}
