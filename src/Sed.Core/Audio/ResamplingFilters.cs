using System.Numerics;

namespace Sed.Core.Audio;

/// <summary>What output samples of a change of rate are made with: the windowed sinc of each phase. Safe from several threads.</summary>
internal sealed class ResamplingFilters
{
    private const int ZeroCrossings = 32;
    private const double PassBand = 0.945;
    private const double KaiserBeta = 9.0;

    // Rates without a common divisor (44,100 and 44,101) have one set of coefficients per output sample of a second;
    // beyond this many sets they are interpolated from the nearest of them.
    private const int MostPhases = 2048;

    private readonly long up;
    private readonly long down;
    private readonly int half;
    private readonly float[][] filters;

    internal ResamplingFilters(int from, int to)
    {
        var common = (int)BigInteger.GreatestCommonDivisor(from, to);
        up = to / common;
        down = from / common;
        var cutoff = PassBand * Math.Min(1.0, (double)to / from);
        half = (int)Math.Ceiling(ZeroCrossings / cutoff);
        var phases = (int)Math.Min(up, MostPhases);
        filters = new float[phases][];
        for (var phase = 0; phase < phases; phase++)
            filters[phase] = Filter((double)phase / phases, cutoff, half);
    }

    /// <summary>Samples that come of so many, rounded up.</summary>
    internal long LengthOf(long samples) => ((samples * up) + down - 1) / down;

    /// <summary>The first sample of the input on which an output sample depends; below 0 before the sound.</summary>
    internal long FirstFor(long output) => (output * down / up) - half + 1;

    /// <summary>The last sample of the input on which an output sample depends.</summary>
    internal long LastFor(long output) => (output * down / up) + half;

    /// <summary>An output sample.</summary>
    /// <param name="samples">The input, or all of it that the output sample depends on.</param>
    /// <param name="start">Where in the input the first of these samples stands.</param>
    /// <param name="output">Which output sample.</param>
    internal float At(ReadOnlySpan<float> samples, long start, long output)
    {
        var phase = (int)((output * down % up) * filters.Length / up);
        return Dot(samples, FirstFor(output) - start, filters[phase]);
    }

    private static float Dot(ReadOnlySpan<float> samples, long start, float[] filter)
    {
        var first = (int)Math.Max(0, -start);
        var last = (int)Math.Min(filter.Length, samples.Length - start);
        if (first >= last)
            return 0;
        ReadOnlySpan<float> x = samples.Slice((int)(start + first), last - first);
        ReadOnlySpan<float> h = filter.AsSpan(first, last - first);
        Vector<float> sum = Vector<float>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= x.Length; i += Vector<float>.Count)
            sum += new Vector<float>(x[i..]) * new Vector<float>(h[i..]);
        var total = Vector.Sum(sum);
        for (; i < x.Length; i++)
            total += x[i] * h[i];
        return total;
    }

    private static float[] Filter(double fraction, double cutoff, int half)
    {
        var taps = new double[2 * half];
        double sum = 0;
        for (var k = 0; k < taps.Length; k++)
        {
            var distance = k - half + 1 - fraction;
            var x = Math.PI * cutoff * distance;
            var sinc = Math.Abs(x) < 1e-12 ? 1 : Math.Sin(x) / x;
            var edge = distance / half;
            var window = Math.Abs(edge) >= 1 ? 0 : BesselI0(KaiserBeta * Math.Sqrt(1 - (edge * edge)));
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
        for (var k = 1; term > 1e-17 * sum; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
