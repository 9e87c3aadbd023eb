using System.Collections.Concurrent;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Features.LogMel;

/// <summary>
/// Log-mel energies of batches of clips on the device of one's choice. The arithmetic is in double precision: in single
/// precision a loud tone leaves up to 2e-3 of rounding error in the logarithm of quiet bands. torch computes it on every
/// device; on the CPU a kernel of our own, several times faster, takes its place where the FFT's size is a power of two.
/// The two agree to 1e-5 in the logarithm. On the CPU a clip's features do not depend on the batch it is in.
/// </summary>
public sealed class LogMelExtractor : IFeatureExtractor
{
    private readonly Tensor window;
    private readonly Tensor filters;
    private readonly ConcurrentBag<LogMelKernel> kernels = [];

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
        var shape = AnalysisWindow.Values(options.Window, options.WindowSamples);
        var weights = MelFilters.Weights(options);
        using DisposeScope scope = NewDisposeScope();
        window = tensor(shape, float64, Device).DetachFromDisposeScope(); // (window)
        filters = tensor(weights, float64, Device).t().contiguous().DetachFromDisposeScope(); // (bins, bands)
    }

    /// <summary>The definition.</summary>
    public LogMelOptions Options { get; }

    /// <summary>Where it is computed.</summary>
    public Device Device { get; }

    /// <summary>Whether clips are computed one by one without tensors, by <see cref="Extract(ReadOnlySpan{float}, Span{float})"/>.</summary>
    public bool HasKernel => Device.type == DeviceType.CPU && LogMelKernel.Supports(Options);

    /// <summary>Log-mel energies of a batch.</summary>
    /// <param name="waveforms">Samples, float32, shape (clips, samples); on any device.</param>
    /// <returns>Natural logarithms, float32, shape (clips, frames, bands), on <see cref="Device"/>. The caller owns it.</returns>
    /// <exception cref="ArgumentException">The waveforms are no batch, or too short for a frame.</exception>
    public Tensor Extract(Tensor waveforms)
    {
        ArgumentNullException.ThrowIfNull(waveforms);
        if (waveforms.dim() != 2)
            throw new ArgumentException(
                $"Waveforms have the shape (clips, samples); these have {waveforms.dim()} dimensions.",
                nameof(waveforms)
            );
        RequireFrames(waveforms.shape[1]);
        return HasKernel ? ExtractWithKernel(waveforms) : ExtractWithTorch(waveforms);
    }

    /// <summary>Log-mel energies of one clip, by torch where there is no kernel. Safe from several threads.</summary>
    /// <param name="waveform">Samples.</param>
    /// <param name="features">Receives natural logarithms, shape (frames, bands).</param>
    /// <exception cref="ArgumentException">The sizes do not fit, or the clip is too short for a frame.</exception>
    public void Extract(ReadOnlySpan<float> waveform, Span<float> features)
    {
        RequireFrames(waveform.Length);
        var values = Options.FramesOf(waveform.Length) * Options.Bands;
        if (features.Length != values)
            throw new ArgumentException(
                $"The clip has {values} values, got room for {features.Length}.",
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

    /// <summary>The same by torch alone, on any device: what the kernel is tested against.</summary>
    internal Tensor ExtractWithTorch(Tensor waveforms)
    {
        using DisposeScope scope = NewDisposeScope();
        using var _ = no_grad();
        var samples = checked((int)waveforms.shape[1]);
        var half = Options.FftSize / 2;
        Tensor signal = waveforms.to(float64, Device);
        if (Options.SignalOffset != 0)
            signal = signal.Plus(Options.SignalOffset);
        if (Options.Centred)
            signal = nn.functional.pad(signal, [half, half], PaddingModes.Reflect); // (clips, samples + fft)
        // The window sits in the middle of the transform; where zeros pad it changes phases only, so they come after it.
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
        return guarded.log_().to(float32).MoveToOuterDisposeScope();
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
        // Reflection needs one sample more than it mirrors.
        long least = Options.Centred ? (Options.FftSize / 2) + 1 : Options.FftSize;
        if (samples < least)
            throw new ArgumentException(
                $"A clip needs {least} samples or more for these features, this one has {samples}."
            );
    }
}
