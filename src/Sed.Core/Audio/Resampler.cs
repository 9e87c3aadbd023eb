namespace Sed.Core.Audio;

/// <summary>
/// Changes the sample rate by a Kaiser-windowed sinc (J. O. Smith, "Digital Audio Resampling"): 32 zero crossings on either
/// side, pass band up to 0.945 of the lower Nyquist frequency, stop band about 90 dB down.
/// </summary>
public static class Resampler
{
    /// <summary>The same sound at another rate; its length is rounded up to whole samples.</summary>
    /// <param name="samples">Samples at <paramref name="from"/>.</param>
    /// <param name="from">Samples per second now (Hz), positive.</param>
    /// <param name="to">Samples per second wanted (Hz), positive.</param>
    public static float[] Resample(ReadOnlySpan<float> samples, int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(from);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(to);
        if (from == to)
            return samples.ToArray();

        ResamplingFilters filters = new(from, to);
        var result = new float[filters.LengthOf(samples.Length)];
        for (long i = 0; i < result.LongLength; i++)
            result[i] = filters.At(samples, 0, i);
        return result;
    }
}
