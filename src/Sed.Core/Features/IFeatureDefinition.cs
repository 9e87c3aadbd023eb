using TorchSharp;

namespace Sed.Core.Features;

/// <summary>How the sound of a clip becomes frames of so many values. Immutable; equal definitions give equal features.</summary>
public interface IFeatureDefinition
{
    /// <summary>Samples per second at which clips are read (Hz).</summary>
    int SampleRate { get; }

    /// <summary>Distance between frames in samples.</summary>
    int HopSamples { get; }

    /// <summary>Distance between frames in seconds.</summary>
    double HopSeconds { get; }

    /// <summary>Values of a frame.</summary>
    int Bands { get; }

    /// <summary>Whether all values of a frame are of one kind, so that one mean and one deviation standardise them.</summary>
    bool IsUniform { get; }

    /// <summary>
    /// Samples before a frame's first own sample, frame k's being k * <see cref="HopSamples"/>, on which the frame depends; where
    /// the sound has not so many, the definition says what stands for them.
    /// </summary>
    int SamplesBefore { get; }

    /// <summary>Samples from a frame's first own sample on, on which it depends.</summary>
    int SamplesFrom { get; }

    /// <summary>Numbers that the computation keeps at hand: filters and the like.</summary>
    long KeptValues { get; }

    /// <summary>How many frames a clip of so many samples has.</summary>
    int FramesOf(int samples);

    /// <summary>Every reason the definition cannot be used, in reading order; empty when it can.</summary>
    IReadOnlyList<string> Problems();

    /// <summary>The definition in one line, the same for equal ones: by it features are told apart on disk.</summary>
    string Describe();

    /// <summary>Computes the features on a device. The caller disposes it.</summary>
    IFeatureExtractor Extractor(torch.Device device);
}

/// <summary>Computes features of clips.</summary>
public interface IFeatureExtractor : IDisposable
{
    /// <summary>Whether clips are computed one by one without tensors, by <see cref="Extract(ReadOnlySpan{float}, Span{float})"/>.</summary>
    bool HasKernel { get; }

    /// <summary>Features of a batch.</summary>
    /// <param name="waveforms">Samples, float32, shape (clips, samples); on any device.</param>
    /// <returns>float32, shape (clips, frames, bands). The caller owns it.</returns>
    torch.Tensor Extract(torch.Tensor waveforms);

    /// <summary>Features of one clip; the fastest way where there is a kernel. Safe from several threads.</summary>
    /// <param name="waveform">Samples.</param>
    /// <param name="features">Receives them, shape (frames, bands).</param>
    void Extract(ReadOnlySpan<float> waveform, Span<float> features);
}
