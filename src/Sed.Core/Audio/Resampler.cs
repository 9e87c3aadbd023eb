using System.Numerics;

namespace Sed.Core.Audio;

/// <summary>
/// Changes the sample rate by a Kaiser-windowed sinc (J. O. Smith, "Digital Audio Resampling"): 32 zero crossings on either
/// side, pass band up to 0.945 of the lower Nyquist frequency, stop band about 90 dB down.
/// </summary>
public static class Resampler
{
    private const int ZeroCrossings = 32;
    private const double PassBand = 0.945;
    private const double KaiserBeta = 9.0;

    // Rates without a common divisor (44,100 and 44,101) have one set of coefficients per output sample of a second;
    // beyond this many sets they are interpolated from the nearest of them.
    private const int MostPhases = 2048;

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

        int common = (int)BigInteger.GreatestCommonDivisor(from, to);
        long up = to / common;
        long down = from / common;
        int phases = (int)Math.Min(up, MostPhases);
        double cutoff = PassBand * Math.Min(1.0, (double)to / from);
        int half = (int)Math.Ceiling(ZeroCrossings / cutoff);
        float[][] filters = new float[phases][];
        for (int phase = 0; phase < phases; phase++)
            filters[phase] = Filter((double)phase / phases, cutoff, half);

        float[] result = new float[((samples.Length * up) + down - 1) / down];
        for (long i = 0; i < result.LongLength; i++)
        {
            long position = i * down;
            long centre = position / up;
            int phase = (int)((position % up) * phases / up);
            result[i] = Dot(samples, centre - half + 1, filters[phase]);
        }
        return result;
    }

    private static float Dot(ReadOnlySpan<float> samples, long start, float[] filter)
    {
        int first = (int)Math.Max(0, -start);
        int last = (int)Math.Min(filter.Length, samples.Length - start);
        if (first >= last)
            return 0;
        ReadOnlySpan<float> x = samples.Slice((int)(start + first), last - first);
        ReadOnlySpan<float> h = filter.AsSpan(first, last - first);
        Vector<float> sum = Vector<float>.Zero;
        int i = 0;
        for (; i + Vector<float>.Count <= x.Length; i += Vector<float>.Count)
            sum += new Vector<float>(x[i..]) * new Vector<float>(h[i..]);
        float total = Vector.Sum(sum);
        for (; i < x.Length; i++)
            total += x[i] * h[i];
        return total;
    }

    private static float[] Filter(double fraction, double cutoff, int half)
    {
        double[] taps = new double[2 * half];
        double sum = 0;
        for (int k = 0; k < taps.Length; k++)
        {
            double distance = k - half + 1 - fraction;
            double x = Math.PI * cutoff * distance;
            double sinc = Math.Abs(x) < 1e-12 ? 1 : Math.Sin(x) / x;
            double edge = distance / half;
            double window = Math.Abs(edge) >= 1 ? 0 : BesselI0(KaiserBeta * Math.Sqrt(1 - (edge * edge)));
            taps[k] = sinc * window;
            sum += taps[k];
        }
        // Unit gain at 0 Hz for each phase, or a constant signal would come out with a ripple.
        return Array.ConvertAll(taps, tap => (float)(tap / sum));
    }

    private static double BesselI0(double x)
    {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > 1e-17 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
