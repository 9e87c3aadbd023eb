namespace Sed.Core.Audio;

/// <summary>What the header of a WAV file says, checked against the file's length.</summary>
/// <param name="Encoding">How samples are stored.</param>
/// <param name="FormatTag">The format code as stored, the sub-format's where the header is an extensible one.</param>
/// <param name="Channels">Channels, interleaved; at least 1.</param>
/// <param name="SampleRate">Samples per second and channel (Hz).</param>
/// <param name="BitsPerSample">Bits of one sample of one channel.</param>
/// <param name="DataOffset">The byte of the file at which samples start.</param>
/// <param name="DataBytes">Length of the samples in bytes, a whole number of frames.</param>
public sealed record WavHeader(
    WavEncoding Encoding,
    int FormatTag,
    int Channels,
    int SampleRate,
    int BitsPerSample,
    long DataOffset,
    long DataBytes
)
{
    /// <summary>Bytes of one sample of all channels.</summary>
    public int FrameBytes => Channels * (BitsPerSample / 8);

    /// <summary>Samples per channel.</summary>
    public long Frames => DataBytes / FrameBytes;

    /// <summary>Length in seconds.</summary>
    public double DurationSeconds => (double)Frames / SampleRate;
}
