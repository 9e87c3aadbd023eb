using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MathNet.Numerics;

namespace Sed.Core.Audio;

/// <summary>
/// Resamples with a Kaiser-windowed sinc filter (J. O. Smith, "Digital Audio Resampling"): 32 zero crossings on
/// either side, pass band up to 0.945 of the lower of the two Nyquist frequencies.
/// </summary>
public static class Resampler
{
    /// <summary>Resamples a signal.</summary>
    /// <param name="samples">Samples at the rate <paramref name="from"/>.</param>
    /// <param name="from">Samples per second of the input (Hz), positive.</param>
    /// <param name="to">Samples per second of the result (Hz), positive.</param>
    /// <returns>The resampled signal; its length is rounded up.</returns>
    public static float[] Resample(ReadOnlySpan<float> samples, int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(from);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(to);
        if (from == to)
            return samples.ToArray();

        var filters = ResamplingFilters.For(from, to);
        var result = new float[filters.OutputLength(samples.Length)];
        filters.Compute(samples, 0, 0, result);
        return result;
    }
}

/// <summary>
/// Resamples a signal that arrives in blocks. The output is equal to the output of <see cref="Resampler"/>.
/// </summary>
internal sealed class StreamResampler
{
    private readonly ResamplingFilters? filters;
    private float[] held = [];
    private int count;
    private long start;
    private long next;

    /// <param name="from">Samples per second of the input (Hz), positive.</param>
    /// <param name="to">Samples per second of the output (Hz), positive.</param>
    internal StreamResampler(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(from);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(to);
        filters = from == to ? null : ResamplingFilters.For(from, to);
    }

    /// <summary>Whether input and output have the same rate.</summary>
    internal bool IsIdentity => filters is null;

    /// <summary>Adds a block of input.</summary>
    /// <param name="block">The next samples of the input.</param>
    /// <param name="isLast">Whether the input ends with this block.</param>
    /// <returns>The output samples that do not depend on later input.</returns>
    internal float[] Push(ReadOnlySpan<float> block, bool isLast)
    {
        if (filters is null)
            return block.ToArray();
        Hold(block);
        var received = start + count;
        var end = isLast ? filters.OutputLength(received) : Math.Max(next, filters.OutputsBefore(received));
        var output = new float[end - next];
        filters.Compute(held.AsSpan(0, count), start, next, output);
        next = end;
        DiscardBefore(filters.FirstInput(next));
        return output;
    }

    private void Hold(ReadOnlySpan<float> block)
    {
        if (held.Length < count + block.Length)
            Array.Resize(ref held, Math.Max(2 * held.Length, count + block.Length));
        block.CopyTo(held.AsSpan(count));
        count += block.Length;
    }

    private void DiscardBefore(long position)
    {
        var discarded = (int)Math.Clamp(position - start, 0, count);
        held.AsSpan(discarded, count - discarded).CopyTo(held);
        start += discarded;
        count -= discarded;
    }
}

/// <summary>The windowed sinc filters of all phases of a rate conversion. Thread-safe.</summary>
internal sealed class ResamplingFilters
{
    private const int ZeroCrossings = 32;
    private const double PassBand = 0.945;
    private const double KaiserBeta = 9.0;

    // Maximum number of phases. A conversion with more phases uses the filter of the nearest lower phase that is
    // stored. Rates with a small greatest common divisor have many phases: 44,101 phases from 44,100 to 44,101 Hz.
    private const int MaxPhases = 2048;

    private static readonly ConcurrentDictionary<(int From, int To), ResamplingFilters> known = new();

    private readonly long up;
    private readonly long down;
    private readonly int half;
    private readonly float[][] filters;

    private ResamplingFilters(int from, int to)
    {
        var common = (int)BigInteger.GreatestCommonDivisor(from, to);
        up = to / common;
        down = from / common;
        var cutoff = PassBand * Math.Min(1.0, (double)to / from);
        half = (int)Math.Ceiling(ZeroCrossings / cutoff);
        var phases = (int)Math.Min(up, MaxPhases);
        filters = new float[phases][];
        for (var phase = 0; phase < phases; phase++)
            filters[phase] = Filter((double)phase / phases, cutoff, half);
    }

    /// <summary>The filters of a rate conversion, which are computed once.</summary>
    internal static ResamplingFilters For(int from, int to) =>
        known.GetOrAdd((from, to), rates => new ResamplingFilters(rates.From, rates.To));

    /// <summary>The number of output samples for a number of input samples, rounded up.</summary>
    internal long OutputLength(long samples) => ((samples * up) + down - 1) / down;

    /// <summary>
    /// The first input sample on which an output sample depends; negative before the start of the signal.
    /// </summary>
    internal long FirstInput(long output) => (output * down / up) - half + 1;

    /// <summary>
    /// The number of output samples that depend only on the first <paramref name="samples"/> input samples.
    /// </summary>
    internal long OutputsBefore(long samples) => samples <= half ? 0 : ((samples - half) * up + down - 1) / down;

    /// <summary>Computes consecutive output samples.</summary>
    /// <param name="samples">The input, or the part of it on which the output samples depend.</param>
    /// <param name="start">Position of the first of <paramref name="samples"/> in the whole input.</param>
    /// <param name="first">Index of the first output sample.</param>
    /// <param name="output">Receives the output samples.</param>
    internal void Compute(ReadOnlySpan<float> samples, long start, long first, Span<float> output)
    {
        // Position of an output sample in the input: whole samples and a fraction in units of 1 / up.
        var (whole, fraction) = Math.DivRem(first * down, up);
        var (step, rest) = Math.DivRem(down, up);
        foreach (ref var value in output)
        {
            var phase = filters.Length == up ? fraction : fraction * filters.Length / up;
            value = Dot(samples, whole - half + 1 - start, filters[phase]);
            whole += step;
            fraction += rest;
            if (fraction >= up)
            {
                fraction -= up;
                whole++;
            }
        }
    }

    private static float Dot(ReadOnlySpan<float> samples, long start, float[] filter)
    {
        var first = (int)Math.Max(0, -start);
        var last = (int)Math.Min(filter.Length, samples.Length - start);
        if (first >= last)
            return 0;
        var x = samples.Slice((int)(start + first), last - first);
        ReadOnlySpan<float> h = filter.AsSpan(first, last - first);
        // References avoid bounds checks in this loop, which takes most of the time.
        ref var samplesStart = ref MemoryMarshal.GetReference(x);
        ref var filterStart = ref MemoryMarshal.GetReference(h);
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= x.Length; i += Vector<float>.Count)
            sum += Vector.LoadUnsafe(ref samplesStart, (nuint)i) * Vector.LoadUnsafe(ref filterStart, (nuint)i);
        var total = Vector.Sum(sum);
        for (; i < x.Length; i++)
            total += Unsafe.Add(ref samplesStart, i) * Unsafe.Add(ref filterStart, i);
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
        // Each phase is normalised to unit gain at 0 Hz, which prevents a ripple in constant signals.
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
