namespace Sed.Core.Models;

/// <summary>How sound becomes what a network takes, as data: frames of values, one kind in each nested record.</summary>
public abstract partial record FeatureDefinition
{
    /// <summary>Samples per second of the sound (Hz).</summary>
    public abstract int SampleRate { get; }

    /// <summary>Distance between frames in samples.</summary>
    public abstract int HopSamples { get; }

    /// <summary>Values of a frame.</summary>
    public abstract int Bands { get; }

    /// <summary>
    /// Samples before a frame's first own sample, frame k's being k * <see cref="HopSamples"/>, on which the frame depends; where
    /// the sound has not so many, the definition says what stands for them.
    /// </summary>
    internal abstract int SamplesBefore { get; }

    /// <summary>Samples from a frame's first own sample on, on which it depends.</summary>
    internal abstract int SamplesFrom { get; }

    /// <summary>Numbers that its computation keeps at hand: filters and the like.</summary>
    internal abstract long Values { get; }

    /// <summary>How many frames a sound of so many samples has.</summary>
    public abstract int FramesOf(int samples);

    /// <summary>Every reason why it cannot be computed; empty when it can.</summary>
    public abstract IReadOnlyList<string> Problems();

    /// <summary>What computes it.</summary>
    internal abstract IFeatureExtractor Extractor();
}

/// <summary>Computes features of sounds; safe from several threads.</summary>
internal interface IFeatureExtractor : IDisposable
{
    /// <param name="sound">Samples.</param>
    /// <param name="features">Receives all frames of the sound, shape (frames, bands).</param>
    void Extract(ReadOnlySpan<float> sound, Span<float> features);
}
