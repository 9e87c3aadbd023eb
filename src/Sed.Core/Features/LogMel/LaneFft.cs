using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sed.Core.Features.LogMel;

/// <summary>
/// Fourier transform of several real sequences in parallel, one per SIMD lane, in double precision. A real sequence of
/// N samples is transformed as N / 2 complex points with Stockham's self-sorting radix-4 algorithm (Van Loan,
/// "Computational Frameworks for the Fast Fourier Transform", section 1.7) and then split into the real spectrum. All
/// lanes use the same operations in the same order, so a result does not depend on the lane, the number of lanes or the
/// other sequences.
/// </summary>
internal sealed class LaneFft
{
    private readonly int points;
    private readonly double[][] twiddles;
    private readonly double[] splitCos;
    private readonly double[] splitSin;

    /// <param name="size">Length of the real sequences: a power of two, at least 4.</param>
    internal LaneFft(int size)
    {
        if (!Supports(size))
            throw new ArgumentOutOfRangeException(nameof(size), size, "The size must be a power of two, at least 4.");
        points = size / 2;
        List<double[]> passes = [];
        for (var n = points; n >= 4; n /= 4)
            passes.Add(PassTwiddles(n));
        twiddles = [.. passes];
        splitCos = new double[points + 1];
        splitSin = new double[points + 1];
        for (var k = 0; k <= points; k++)
            (splitSin[k], splitCos[k]) = Math.SinCos(-Math.PI * k / points);
    }

    /// <summary>Number of sequences per transform: the SIMD width.</summary>
    internal static int Lanes => Vector<double>.Count;

    internal static bool Supports(int size) => size >= 4 && BitOperations.IsPow2(size);

    /// <summary>Computes the power spectrum (bins 0 to size / 2) of each lane's sequence.</summary>
    /// <param name="buffers">Input samples in <see cref="Buffers.Samples"/>; overwritten.</param>
    /// <param name="powers">Receives size / 2 + 1 vectors.</param>
    internal void Powers(Buffers buffers, Span<Vector<double>> powers)
    {
        // Even samples serve as real parts and odd samples as imaginary parts, so no reordering is needed.
        Vector<double>[] from = buffers.Samples;
        Vector<double>[] to = buffers.Other;
        var n = points;
        var stride = 1;
        foreach (var pass in twiddles)
        {
            Radix4(n, stride, pass, from, to);
            (from, to) = (to, from);
            n /= 4;
            stride *= 4;
        }
        if (n == 2)
        {
            Radix2(stride, from, to);
            from = to;
        }
        Split(from, powers);
    }

    private static double[] PassTwiddles(int n)
    {
        var values = new double[n / 4 * 6];
        for (var p = 0; p < n / 4; p++)
        for (var power = 1; power <= 3; power++)
        {
            (var sin, var cos) = Math.SinCos(-2 * Math.PI * p * power / n);
            values[(6 * p) + (2 * power) - 2] = cos;
            values[(6 * p) + (2 * power) - 1] = sin;
        }
        return values;
    }

    private static void Radix4(int n, int stride, double[] twiddles, Vector<double>[] from, Vector<double>[] to)
    {
        ref Vector<double> x = ref MemoryMarshal.GetArrayDataReference(from);
        ref Vector<double> y = ref MemoryMarshal.GetArrayDataReference(to);
        var quarter = 2 * (n / 4) * stride;
        for (var p = 0; p < n / 4; p++)
        {
            Vector<double> w1r = new(twiddles[6 * p]);
            Vector<double> w1i = new(twiddles[(6 * p) + 1]);
            Vector<double> w2r = new(twiddles[(6 * p) + 2]);
            Vector<double> w2i = new(twiddles[(6 * p) + 3]);
            Vector<double> w3r = new(twiddles[(6 * p) + 4]);
            Vector<double> w3i = new(twiddles[(6 * p) + 5]);
            ref Vector<double> source = ref Unsafe.Add(ref x, 2 * stride * p);
            ref Vector<double> target = ref Unsafe.Add(ref y, 8 * stride * p);
            for (var q = 0; q < 2 * stride; q += 2)
            {
                Vector<double> ar = Unsafe.Add(ref source, q);
                Vector<double> ai = Unsafe.Add(ref source, q + 1);
                Vector<double> br = Unsafe.Add(ref source, q + quarter);
                Vector<double> bi = Unsafe.Add(ref source, q + quarter + 1);
                Vector<double> cr = Unsafe.Add(ref source, q + (2 * quarter));
                Vector<double> ci = Unsafe.Add(ref source, q + (2 * quarter) + 1);
                Vector<double> dr = Unsafe.Add(ref source, q + (3 * quarter));
                Vector<double> di = Unsafe.Add(ref source, q + (3 * quarter) + 1);
                Vector<double> sumR = ar + cr;
                Vector<double> sumI = ai + ci;
                Vector<double> differenceR = ar - cr;
                Vector<double> differenceI = ai - ci;
                Vector<double> otherSumR = br + dr;
                Vector<double> otherSumI = bi + di;
                // i * (b - d)
                Vector<double> turnedR = di - bi;
                Vector<double> turnedI = br - dr;
                Unsafe.Add(ref target, q) = sumR + otherSumR;
                Unsafe.Add(ref target, q + 1) = sumI + otherSumI;
                Vector<double> r = differenceR - turnedR;
                Vector<double> i = differenceI - turnedI;
                Unsafe.Add(ref target, q + (2 * stride)) = (r * w1r) - (i * w1i);
                Unsafe.Add(ref target, q + (2 * stride) + 1) = (r * w1i) + (i * w1r);
                r = sumR - otherSumR;
                i = sumI - otherSumI;
                Unsafe.Add(ref target, q + (4 * stride)) = (r * w2r) - (i * w2i);
                Unsafe.Add(ref target, q + (4 * stride) + 1) = (r * w2i) + (i * w2r);
                r = differenceR + turnedR;
                i = differenceI + turnedI;
                Unsafe.Add(ref target, q + (6 * stride)) = (r * w3r) - (i * w3i);
                Unsafe.Add(ref target, q + (6 * stride) + 1) = (r * w3i) + (i * w3r);
            }
        }
    }

    private static void Radix2(int stride, Vector<double>[] from, Vector<double>[] to)
    {
        for (var q = 0; q < 2 * stride; q++)
        {
            to[q] = from[q] + from[q + (2 * stride)];
            to[q + (2 * stride)] = from[q] - from[q + (2 * stride)];
        }
    }

    // Let Z be the transform of (even + i odd) samples, M its length and w = exp(-i pi k / M). Then X[k] = E + w O with
    // E = (Z[k] + Z*[M-k]) / 2 and O = (Z[k] - Z*[M-k]) / 2i, and X[M-k] = (E - w O)*.
    private void Split(Vector<double>[] z, Span<Vector<double>> powers)
    {
        Vector<double> half = new(0.5);
        for (var k = 0; k <= points / 2; k++)
        {
            var mirror = (points - k) % points;
            Vector<double> evenR = (z[2 * k] + z[2 * mirror]) * half;
            Vector<double> evenI = (z[(2 * k) + 1] - z[(2 * mirror) + 1]) * half;
            Vector<double> oddR = (z[(2 * k) + 1] + z[(2 * mirror) + 1]) * half;
            Vector<double> oddI = (z[2 * mirror] - z[2 * k]) * half;
            var cos = splitCos[k];
            var sin = splitSin[k];
            Vector<double> turnedR = (oddR * cos) - (oddI * sin);
            Vector<double> turnedI = (oddR * sin) + (oddI * cos);
            Vector<double> r = evenR + turnedR;
            Vector<double> i = evenI + turnedI;
            powers[k] = (r * r) + (i * i);
            r = evenR - turnedR;
            i = evenI - turnedI;
            powers[points - k] = (r * r) + (i * i);
        }
    }

    /// <summary>Working memory of one transform. Not shared between threads.</summary>
    internal sealed class Buffers(int size)
    {
        /// <summary>Input samples: vector n holds sample n of every lane.</summary>
        internal Vector<double>[] Samples { get; } = new Vector<double>[size];

        internal Vector<double>[] Other { get; } = new Vector<double>[size];
    }
}
