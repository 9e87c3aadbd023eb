using Sed.Core.Onnx.Graph;

namespace Sed.Core.Features.LogMel;

/// <summary>
/// ONNX export of log-mel energies. Arithmetic is in double precision, as in <see cref="LogMelExtractor"/>, because
/// single precision is inaccurate in quiet bands beside a loud tone.
/// </summary>
internal static class LogMelOnnx
{
    private const long Float32 = 1;
    private const long Float64 = 11;

    /// <summary>Adds the operators to the graph of <paramref name="waveforms"/>.</summary>
    /// <param name="waveforms">Samples, float32, shape (batch, samples).</param>
    /// <param name="options">Definition of the features.</param>
    /// <param name="samples">Number of samples per clip.</param>
    /// <returns>Logarithms, float32, shape (batch, frames, bands).</returns>
    public static OnnxValue Extract(OnnxValue waveforms, LogMelOptions options, int samples)
    {
        var graph = waveforms.Graph;
        graph.Part = "log-mel";
        var half = options.FftSize / 2;
        var signal = waveforms.Cast(Float64);
        if (options.SignalOffset != 0)
            signal += graph.Doubles([options.SignalOffset]);
        if (options.PreEmphasis != 0)
            signal =
                signal.Slice(1, 1, samples) - signal.Slice(1, 0, samples - 1) * graph.Doubles([options.PreEmphasis]);
        if (options.Centred)
            signal = signal.Pad("reflect", 0, half, 0, half); // (batch, samples + fft)
        var complex = graph
            .Node(
                "STFT",
                [
                    signal.Unsqueeze(2),
                    graph.Number(options.HopSamples),
                    graph.Doubles(Window(options), options.FftSize),
                    graph.Number(options.FftSize),
                ],
                ("onesided", 1L)
            )
            .Slice(1, 0, options.FramesOf(samples)); // (batch, frames, bins, real and imaginary)
        var power = (complex * complex).Sum(3);
        var spectrum = options.Spectrum == SpectrumKind.Power ? power : power.Sqrt();
        var bands = spectrum.MatMul(Filters(options, graph)); // (batch, frames, bands)
        var floor = graph.Doubles([options.LogFloor]);
        var guarded = options.LogFloorKind == LogFloorKind.Add ? bands + floor : bands.AtLeast(floor);
        var logarithms = guarded.Log();
        if (options.LogarithmScale != 1)
            logarithms *= graph.Doubles([options.LogarithmScale]);
        if (options.Lowest is { } lowest)
            logarithms = logarithms.AtLeast(graph.Doubles([lowest]));
        if (options.Highest is { } highest)
            logarithms = logarithms.AtMost(graph.Doubles([highest]));
        if (options.Shift != 0)
            logarithms += graph.Doubles([options.Shift]);
        if (options.Divisor != 1)
            logarithms /= graph.Doubles([options.Divisor]);
        return logarithms.Cast(Float32);
    }

    /// <summary>The window, zero-padded on both sides to the FFT size.</summary>
    private static double[] Window(LogMelOptions options)
    {
        var window = new double[options.FftSize];
        var margin = (options.FftSize - options.WindowSamples) / 2;
        AnalysisWindow.Values(options.Window, options.WindowSamples).CopyTo(window, margin);
        return window;
    }

    private static OnnxValue Filters(LogMelOptions options, OnnxGraph graph)
    {
        var weights = MelFilters.Weights(options); // [band, bin]
        var (bands, bins) = (weights.GetLength(0), weights.GetLength(1));
        var columns = new double[bins * bands];
        for (var bin = 0; bin < bins; bin++)
        for (var band = 0; band < bands; band++)
            columns[bin * bands + band] = weights[band, bin];
        return graph.Doubles(columns, bins, bands);
    }
}
