using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Features;

/// <summary>
/// Log-mel energies of batches of clips, computed with torch on the device of one's choice. The arithmetic is in double
/// precision: in single precision a loud tone leaves up to 2e-3 of rounding error in the logarithm of quiet bands.
/// </summary>
public sealed class LogMelExtractor : IDisposable
{
    private readonly Tensor window;
    private readonly Tensor filters;

    /// <summary>An extractor for one definition on one device.</summary>
    /// <param name="options">The definition.</param>
    /// <param name="device">Where to compute; null takes the CPU.</param>
    /// <exception cref="ArgumentException">The options cannot be used; all reasons are given.</exception>
    public LogMelExtractor(LogMelOptions options, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        Runtime.Torch.Initialize();
        Options = options;
        Device = device ?? CPU;
        double[] shape = AnalysisWindow.Values(options.Window, options.WindowSamples);
        double[,] weights = MelFilters.Weights(options);
        using DisposeScope scope = NewDisposeScope();
        window = tensor(shape, float64, Device).DetachFromDisposeScope(); // (window)
        filters = tensor(weights, float64, Device).t().contiguous().DetachFromDisposeScope(); // (bins, bands)
    }

    /// <summary>The definition.</summary>
    public LogMelOptions Options { get; }

    /// <summary>Where it is computed.</summary>
    public Device Device { get; }

    /// <summary>Log-mel energies.</summary>
    /// <param name="waveforms">Samples, float32, shape (clips, samples); on any device.</param>
    /// <returns>Natural logarithms, float32, shape (clips, frames, bands), on <see cref="Device"/>. The caller owns it.</returns>
    public Tensor Extract(Tensor waveforms)
    {
        ArgumentNullException.ThrowIfNull(waveforms);
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        int samples = checked((int)waveforms.shape[1]);
        int half = Options.FftSize / 2;
        Tensor signal = waveforms.to(float64, Device);
        if (Options.SignalOffset != 0)
            signal = signal + Options.SignalOffset;
        if (Options.Centred)
            signal = nn.functional.pad(signal, [half, half], PaddingModes.Reflect); // (clips, samples + fft)
        // The window sits in the middle of the transform; where zeros pad it changes phases only, so they come after it.
        int margin = (Options.FftSize - Options.WindowSamples) / 2;
        int frames = Options.FramesOf(samples);
        Tensor framed = signal
            .narrow(1, margin, signal.shape[1] - margin)
            .unfold(1, Options.WindowSamples, Options.HopSamples)
            .narrow(1, 0, frames); // (clips, frames, window)
        Tensor spectrum = fft.rfft(framed * window, Options.FftSize).abs(); // (clips, frames, bins)
        if (Options.Spectrum == SpectrumKind.Power)
            spectrum = spectrum.mul_(spectrum);
        Tensor bands = spectrum.matmul(filters); // (clips, frames, bands)
        Tensor guarded =
            Options.LogFloorKind == LogFloorKind.Add ? bands.add_(Options.LogFloor) : bands.clamp_(Options.LogFloor);
        return guarded.log_().to(float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        window.Dispose();
        filters.Dispose();
    }
}
