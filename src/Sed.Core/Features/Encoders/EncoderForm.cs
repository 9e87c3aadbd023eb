using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.Encoders;

/// <summary>
/// The properties of an encoder that are measured by running it (<see cref="EncoderInspection"/>) or stated in the
/// script. They identify its vectors in stored results.
/// </summary>
public sealed record EncoderForm
{
    /// <summary>SHA-256 of the ONNX file, as 64 hexadecimal digits.</summary>
    [Key("content")]
    public string Content { get; init; } = "";

    /// <summary>Name of the output that is used.</summary>
    [Key("output")]
    public string Output { get; init; } = "";

    /// <summary>Sampling rate of the input, in Hz.</summary>
    [Key("sampleRate")]
    public int SampleRate { get; init; }

    /// <summary>Length in samples of the windows into which longer recordings are divided.</summary>
    [Key("windowSamples")]
    public int WindowSamples { get; init; }

    /// <summary>Whether the encoder accepts only inputs of exactly the length of a window.</summary>
    [Key("isFixed")]
    public bool IsFixed { get; init; }

    /// <summary>Whether the encoder outputs one vector per window instead of a sequence.</summary>
    [Key("isVector")]
    public bool IsVector { get; init; }

    /// <summary>Whether the output has the shape (batch, width, frames) instead of (batch, frames, width).</summary>
    [Key("timeLast", OmitWhen = false)]
    public bool TimeLast { get; init; }

    /// <summary>Number of samples between two vectors.</summary>
    [Key("hopSamples")]
    public int HopSamples { get; init; }

    /// <summary>
    /// Length of audio for one vector, in samples: n samples give (n - FieldSamples) / HopSamples + 1 vectors, rounded down.
    /// Vector k is centred at half this length after sample k * <see cref="HopSamples"/> of the encoder's input.
    /// </summary>
    [Key("fieldSamples")]
    public int FieldSamples { get; init; }

    /// <summary>Smallest number of samples that the encoder is given; shorter recordings are padded with zeros.</summary>
    [Key("leastSamples")]
    public int LeastSamples { get; init; }

    /// <summary>Number of values of each vector.</summary>
    [Key("width")]
    public int Width { get; init; }

    /// <summary>
    /// Whether every window that would extend beyond the recording is moved so that it ends with the recording. Used
    /// for encoders with one vector per window. False in stored results of earlier versions, which moved only the last
    /// window and padded the others with zeros.
    /// </summary>
    [Key("endsWithRecording", OmitWhen = false)]
    public bool EndsWithRecording { get; init; }

    /// <summary>Number of frames of a recording.</summary>
    /// <param name="samples">Length of the recording in samples.</param>
    public int FramesOf(long samples) => HopSamples < 1 ? 1 : (int)Math.Max(1, (samples + HopSamples - 1) / HopSamples);

    /// <summary>
    /// Number of frames per window. An encoder that has an input of fixed length and does not pad this input has fewer
    /// vectors than hops.
    /// </summary>
    internal int WindowFrames =>
        IsVector ? 1
        : IsFixed && HopSamples > 0 ? Math.Min(FramesOf(WindowSamples), (WindowSamples - FieldSamples) / HopSamples + 1)
        : FramesOf(WindowSamples);

    /// <summary>Number of frames between the starts of windows: windows overlap by a fifth.</summary>
    internal int WindowStride => Math.Max(1, WindowFrames * 4 / 5);
}
