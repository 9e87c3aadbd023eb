using System.Collections.Concurrent;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Features.LogMel;

/// <summary>
/// Computes log-mel energies of clips on a device. Arithmetic is in double precision: in single precision, a loud tone
/// causes rounding errors of up to 2e-3 in the logarithm of quiet bands. On the CPU, if the FFT size is a power of two,
/// <see cref="LogMelKernel"/> computes the features. It is several times faster than the torch implementation; the two
/// agree to 1e-5 in the logarithm. On the CPU, a clip's features do not depend on its batch.
/// </summary>
public sealed class LogMelExtractor : IFeatureExtractor
{
    private readonly Tensor window;
    private readonly Tensor filters;
    private readonly ConcurrentBag<LogMelKernel> kernels = [];

    /// <summary>Creates an extractor.</summary>
    /// <param name="options">Definition of the features, with a sampling rate.</param>
    /// <param name="device">Device of the computation; null for the CPU.</param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists every problem.</exception>
    public LogMelExtractor(LogMelOptions options, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        Runtime.Torch.Initialize();
        Options = options;
        Device = device ?? CPU;
        var shape = AnalysisWindow.Values(options.Window, options.WindowSamples);
        var weights = MelFilters.Weights(options);
        using DisposeScope scope = NewDisposeScope();
        window = tensor(shape, float64, Device).DetachFromDisposeScope(); // (window)
        filters = tensor(weights, float64, Device).t().contiguous().DetachFromDisposeScope(); // (bins, bands)
    }

    /// <summary>The definition of the features.</summary>
    public LogMelOptions Options { get; }

    /// <summary>Device of the computation.</summary>
    public Device Device { get; }

    /// <inheritdoc/>
    public bool HasKernel => Device.type == DeviceType.CPU && LogMelKernel.Supports(Options);

    /// <summary>Computes the log-mel energies of a batch.</summary>
    /// <param name="waveforms">Samples, float32, shape (clips, samples); on any device.</param>
    /// <returns>
    /// Logarithms, float32, shape (clips, frames, bands), on <see cref="Device"/>. The caller owns the tensor.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The tensor does not have two dimensions, or the clips are shorter than a frame.
    /// </exception>
    public Tensor Extract(Tensor waveforms)
    {
        ArgumentNullException.ThrowIfNull(waveforms);
        if (waveforms.dim() != 2)
            throw new ArgumentException(
                $"Waveforms must have the shape (clips, samples), but these have {waveforms.dim()} dimensions.",
                nameof(waveforms)
            );
        RequireFrames(waveforms.shape[1]);
        return HasKernel ? ExtractWithKernel(waveforms) : ExtractWithTorch(waveforms);
    }

    /// <summary>Computes the log-mel energies of one clip. Thread-safe.</summary>
    /// <param name="waveform">Samples of the clip.</param>
    /// <param name="features">Receives logarithms, shape (frames, bands).</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="features"/> has the wrong length, or the clip is shorter than a frame.
    /// </exception>
    public void Extract(ReadOnlySpan<float> waveform, Span<float> features)
    {
        RequireFrames(waveform.Length);
        var values = Options.FramesOf(waveform.Length) * Options.Bands;
        if (features.Length != values)
            throw new ArgumentException(
                $"The clip has {values} feature values, but the destination has {features.Length}.",
                nameof(features)
            );
        if (!HasKernel)
        {
            using DisposeScope scope = NewDisposeScope();
            ExtractWithTorch(tensor(waveform.ToArray()).unsqueeze(0)).cpu().data<float>().CopyTo(features);
            return;
        }
        if (!kernels.TryTake(out LogMelKernel? kernel))
            kernel = new LogMelKernel(Options);
        kernel.Compute(waveform, features);
        kernels.Add(kernel);
    }

    /// <summary>Computes a batch with torch operations only. Tests compare the kernel with this method.</summary>
    internal Tensor ExtractWithTorch(Tensor waveforms)
    {
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        var samples = checked((int)waveforms.shape[1]);
        var half = Options.FftSize / 2;
        Tensor signal = waveforms.to(float64, Device);
        if (Options.SignalOffset != 0)
            signal = signal.Plus(Options.SignalOffset);
        if (Options.PreEmphasis != 0)
            signal = signal.narrow(1, 1, samples - 1) - signal.narrow(1, 0, samples - 1).Times(Options.PreEmphasis);
        if (Options.Centred)
            signal = nn.functional.pad(signal, [half, half], PaddingModes.Reflect); // (clips, samples + fft)
        // The window is centred in the transform. The position of the zero padding affects phases only, so all of it is
        // at the end.
        var margin = (Options.FftSize - Options.WindowSamples) / 2;
        var frames = Options.FramesOf(samples);
        Tensor framed = signal
            .narrow(1, margin, signal.shape[1] - margin)
            .unfold(1, Options.WindowSamples, Options.HopSamples)
            .narrow(1, 0, frames); // (clips, frames, window)
        Tensor spectrum = fft.rfft(framed * window, Options.FftSize).abs(); // (clips, frames, bins)
        if (Options.Spectrum == SpectrumKind.Power)
            spectrum = spectrum.mul_(spectrum);
        Tensor bands = spectrum.matmul(filters); // (clips, frames, bands)
        Tensor guarded =
            Options.LogFloorKind == LogFloorKind.Add ? bands.Add(Options.LogFloor) : bands.AtLeast(Options.LogFloor);
        Tensor logarithms = guarded.log_();
        if (Options.LogarithmScale != 1)
            logarithms = logarithms.Times(Options.LogarithmScale);
        if (Options.Lowest is { } lowest)
            logarithms = logarithms.AtLeast(lowest);
        if (Options.Highest is { } highest)
            logarithms = logarithms.AtMost(highest);
        if (Options.Shift != 0)
            logarithms = logarithms.Plus(Options.Shift);
        if (Options.Divisor != 1)
            logarithms = logarithms.Over(Options.Divisor);
        return logarithms.to(float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        window.Dispose();
        filters.Dispose();
    }

    private Tensor ExtractWithKernel(Tensor waveforms)
    {
        using DisposeScope scope = NewDisposeScope();
        var clips = checked((int)waveforms.shape[0]);
        var samples = checked((int)waveforms.shape[1]);
        var frames = Options.FramesOf(samples);
        float[] sound = waveforms.to(float32, CPU).contiguous().data<float>().ToArray();
        var features = new float[clips * frames * Options.Bands];
        var size = frames * Options.Bands;
        Runtime.Workers.Run(
            clips,
            clip => Extract(sound.AsSpan(clip * samples, samples), features.AsSpan(clip * size, size))
        );
        return tensor(features, [clips, frames, Options.Bands]).MoveToOuterDisposeScope();
    }

    private void RequireFrames(long samples)
    {
        if (samples < Options.LeastSamples)
            throw new ArgumentException(
                $"These features need clips of at least {Options.LeastSamples} samples, but this clip has {samples}."
            );
    }
}
