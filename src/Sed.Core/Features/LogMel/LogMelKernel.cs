using System.Numerics;
using System.Runtime.InteropServices;

namespace Sed.Core.Features.LogMel;

/// <summary>
/// A CPU kernel for log-mel energies. It processes one frame per SIMD lane at a time, and all steps from samples to
/// bands run within the CPU cache. Arithmetic is in double precision, except that the pre-emphasised signal is rounded
/// to float32. Results agree with the torch implementation to 1e-5 in the logarithm. Not thread-safe.
/// </summary>
internal sealed class LogMelKernel
{
    private readonly LogMelOptions options;
    private readonly double[] window;
    private readonly BandWeights[] bands;
    private readonly LaneFft fft;
    private readonly LaneFft.Buffers buffers;
    private readonly Vector<double>[] spectrum;
    private readonly float[] spread;
    private readonly double scale;
    private readonly double lowest;
    private readonly double highest;
    private float[] padded = [];
    private float[] emphasised = [];

    private readonly record struct BandWeights(int FirstBin, double[] Weights);

    internal LogMelKernel(LogMelOptions options)
    {
        this.options = options;
        window = AnalysisWindow.Values(options.Window, options.WindowSamples);
        // Zero-padded to an even length, because samples are converted in pairs.
        Array.Resize(ref window, window.Length + (window.Length % 2));
        spread = new float[window.Length * LaneFft.Lanes];
        bands = Sparse(MelFilters.Weights(options));
        (scale, lowest, highest) = (
            options.LogarithmScale,
            options.Lowest ?? double.NegativeInfinity,
            options.Highest ?? double.PositiveInfinity
        );
        fft = new LaneFft(options.FftSize);
        buffers = new LaneFft.Buffers(options.FftSize);
        spectrum = new Vector<double>[(options.FftSize / 2) + 1];
    }

    /// <summary>Whether the kernel supports these options: the FFT size must be a power of two.</summary>
    internal static bool Supports(LogMelOptions options) => LaneFft.Supports(options.FftSize);

    /// <summary>Computes the log-mel energies of one clip.</summary>
    /// <param name="waveform">Samples of the clip.</param>
    /// <param name="features">Receives logarithms, shape (frames, bands).</param>
    internal void Compute(ReadOnlySpan<float> waveform, Span<float> features)
    {
        var frames = options.FramesOf(waveform.Length);
        var margin = (options.FftSize - options.WindowSamples) / 2;
        ReadOnlySpan<float> samples = options.PreEmphasis == 0 ? waveform : Emphasised(waveform);
        ReadOnlySpan<float> signal = options.Centred ? Reflected(samples, options.FftSize / 2) : samples;
        for (var first = 0; first < frames; first += LaneFft.Lanes)
        {
            var count = Math.Min(LaneFft.Lanes, frames - first);
            for (var lane = 0; lane < count; lane++)
                Spread(signal.Slice(((first + lane) * options.HopSamples) + margin, options.WindowSamples), lane);
            Window();
            fft.Powers(buffers, spectrum);
            if (options.Spectrum == SpectrumKind.Magnitude)
                for (var bin = 0; bin < spectrum.Length; bin++)
                    spectrum[bin] = Vector.SquareRoot(spectrum[bin]);
            for (var band = 0; band < bands.Length; band++)
            {
                Vector<double> energy = Apply(bands[band]);
                for (var lane = 0; lane < count; lane++)
                    features[((first + lane) * bands.Length) + band] = Logarithm(energy[lane]);
            }
        }
    }

    private float Logarithm(double energy)
    {
        var logarithm = Math.Log(
            options.LogFloorKind == LogFloorKind.Add ? energy + options.LogFloor : Math.Max(energy, options.LogFloor)
        );
        var limited = Math.Min(Math.Max(scale * logarithm, lowest), highest);
        return (float)((limited + options.Shift) / options.Divisor);
    }

    private Vector<double> Apply(BandWeights band)
    {
        // Two independent sums hide the latency of the additions.
        ReadOnlySpan<Vector<double>> bins = spectrum.AsSpan(band.FirstBin, band.Weights.Length);
        ReadOnlySpan<double> weights = band.Weights;
        Vector<double> even = Vector<double>.Zero;
        Vector<double> odd = Vector<double>.Zero;
        var i = 0;
        for (; i + 1 < bins.Length; i += 2)
        {
            even += bins[i] * weights[i];
            odd += bins[i + 1] * weights[i + 1];
        }
        if (i < bins.Length)
            even += bins[i] * weights[i];
        return even + odd;
    }

    // Interleaves the lanes: sample n of all lanes is contiguous, as vector loads require.
    private void Spread(ReadOnlySpan<float> frame, int lane)
    {
        Span<float> target = spread.AsSpan(lane);
        var lanes = LaneFft.Lanes;
        for (int n = 0, at = 0; n < frame.Length; n++, at += lanes)
            target[at] = frame[n];
    }

    // The window's position within the transform affects phases only, so it is placed at the start.
    private void Window()
    {
        Vector<double> offset = new(options.SignalOffset);
        ReadOnlySpan<Vector<float>> pairs = MemoryMarshal.Cast<float, Vector<float>>(spread);
        Span<Vector<double>> samples = buffers.Samples;
        for (var n = 0; n < window.Length; n += 2)
        {
            Vector.Widen(pairs[n / 2], out Vector<double> even, out Vector<double> odd);
            samples[n] = (even + offset) * window[n];
            samples[n + 1] = (odd + offset) * window[n + 1];
        }
        samples[window.Length..].Clear();
    }

    private ReadOnlySpan<float> Emphasised(ReadOnlySpan<float> waveform)
    {
        if (emphasised.Length < waveform.Length)
            emphasised = new float[waveform.Length];
        for (var n = 0; n + 1 < waveform.Length; n++)
            emphasised[n] = (float)(waveform[n + 1] - options.PreEmphasis * waveform[n]);
        return emphasised.AsSpan(0, waveform.Length - 1);
    }

    private ReadOnlySpan<float> Reflected(ReadOnlySpan<float> waveform, int half)
    {
        var length = waveform.Length + (2 * half);
        if (padded.Length < length)
            padded = new float[length];
        waveform.CopyTo(padded.AsSpan(half));
        for (var i = 1; i <= half; i++)
        {
            padded[half - i] = waveform[i];
            padded[half + waveform.Length - 1 + i] = waveform[^(i + 1)];
        }
        return padded.AsSpan(0, length);
    }

    private static BandWeights[] Sparse(double[,] weights)
    {
        var bins = weights.GetLength(1);
        BandWeights[] result = new BandWeights[weights.GetLength(0)];
        for (var band = 0; band < result.Length; band++)
        {
            double[] row = [.. Enumerable.Range(0, bins).Select(bin => weights[band, bin])];
            var first = Math.Max(0, Array.FindIndex(row, weight => weight != 0));
            var last = Array.FindLastIndex(row, weight => weight != 0);
            result[band] = new BandWeights(first, row[first..Math.Max(first, last + 1)]);
        }
        return result;
    }
}
