using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Features;

/// <summary>
/// A kind of features with its options, as data: how sound becomes frames of values. Immutable; equal sources give equal features. Each
/// kind is one file: its options with stable names, its computation and its ONNX form.
/// </summary>
public abstract record FeatureSource
{
    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>The sampling rate at which sound is read (Hz).</summary>
    /// <exception cref="InvalidOperationException">It is the corpus's and not known yet (<see cref="At"/>).</exception>
    public abstract int SampleRate { get; }

    /// <summary>Distance between frames in samples.</summary>
    public abstract int HopSamples { get; }

    /// <summary>Distance between frames in seconds.</summary>
    public abstract double HopSeconds { get; }

    /// <summary>Number of values of a frame: bands or samples.</summary>
    public abstract int Bands { get; }

    /// <summary>Whether one mean and one deviation standardise all values of a frame; otherwise each band has its own. Default false.</summary>
    public virtual bool IsUniform => false;

    /// <summary>
    /// Samples before the start of frame k, which is sample k * <see cref="HopSamples"/>, that the frame depends on. What replaces
    /// them at the beginning of the sound is the source's choice.
    /// </summary>
    public abstract int SamplesBefore { get; }

    /// <summary>Samples from the start of a frame on that the frame depends on.</summary>
    public abstract int SamplesFrom { get; }

    /// <summary>Number of values that an extractor keeps in memory, for example of its filters.</summary>
    public abstract long KeptValues { get; }

    /// <summary>Number of frames of a clip.</summary>
    /// <param name="samples">Length of the clip in samples.</param>
    public abstract int FramesOf(int samples);

    /// <summary>The source for a corpus: with the corpus's sampling rate where the source has none of its own.</summary>
    /// <param name="sampleRate">The corpus's sampling rate (Hz).</param>
    public virtual FeatureSource At(int sampleRate) => this;

    /// <summary>Every reason the source cannot be used, in reading order; empty when it can.</summary>
    public abstract IReadOnlyList<Problem> Problems();

    /// <summary>An extractor on a device. The caller disposes it.</summary>
    /// <exception cref="ArgumentException">The source has problems; the message gives all of them.</exception>
    public IFeatureExtractor Extractor(torch.Device device) =>
        Problems() is { Count: > 0 } problems
            ? throw new ArgumentException(string.Join(Environment.NewLine, problems))
            : CreateExtractor(device);

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;

    private protected abstract IFeatureExtractor CreateExtractor(torch.Device device);

    /// <summary>The name of the input of ONNX models that start from these features.</summary>
    public abstract string OnnxInput { get; }

    /// <summary>The content of that input, for example "log-mel energies, not standardised".</summary>
    public abstract string OnnxInputSummary { get; }

    /// <summary>The computation in ONNX operators.</summary>
    /// <param name="waveforms">Shape (batch, samples).</param>
    /// <param name="samples">Number of samples.</param>
    /// <returns>Shape (batch, frames, bands).</returns>
    /// <exception cref="NotSupportedException">It has no ONNX form.</exception>
    internal abstract OnnxValue Export(OnnxValue waveforms, int samples);
}

/// <summary>Computes features of clips.</summary>
public interface IFeatureExtractor : IDisposable
{
    /// <summary>Whether <see cref="Extract(ReadOnlySpan{float}, Span{float})"/> computes clips one by one without tensors.</summary>
    bool HasKernel { get; }

    /// <summary>Computes the features of a batch.</summary>
    /// <param name="waveforms">Samples, float32, shape (clips, samples); on any device.</param>
    /// <returns>float32, shape (clips, frames, bands). The caller owns it.</returns>
    torch.Tensor Extract(torch.Tensor waveforms);

    /// <summary>Computes the features of one clip; the fastest way where there is a kernel. Safe from several threads.</summary>
    /// <param name="waveform">Samples.</param>
    /// <param name="features">Receives the features, shape (frames, bands).</param>
    void Extract(ReadOnlySpan<float> waveform, Span<float> features);
}
