namespace Sed.Core.Audio;

/// <summary>The kind of fault that keeps an audio file from being decoded.</summary>
public enum AudioFault
{
    /// <summary>The file is damaged, is not audio, or uses an unsupported encoding.</summary>
    Damaged,

    /// <summary>The file ends before the length that its header states.</summary>
    Truncated,

    /// <summary>The file contains NaN or infinite samples.</summary>
    NotANumber,

    /// <summary>The format needs ffmpeg, which is not installed. The file may be valid.</summary>
    NoDecoder,
}

/// <summary>Thrown when an audio file cannot be decoded. Contains the file, the position and the cause.</summary>
public sealed class AudioFormatException : IOException
{
    /// <summary>Builds the message from file, position and cause.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="byteOffset">
    /// Position of the fault in bytes from the start of the file; null if it is unknown.
    /// </param>
    /// <param name="cause">The cause, as a message fragment without a full stop.</param>
    /// <param name="inner">The underlying exception, if any.</param>
    public AudioFormatException(string path, long? byteOffset, string cause, Exception? inner = null)
        : base(byteOffset is { } at ? $"{path}, byte {at}: {cause}." : $"{path}: {cause}.", inner)
    {
        Path = path;
        ByteOffset = byteOffset;
        Cause = cause;
    }

    /// <summary>The kind of fault. Default <see cref="AudioFault.Damaged"/>.</summary>
    public AudioFault Fault { get; init; }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>Position of the fault in bytes from the start of the file; null if it is unknown.</summary>
    public long? ByteOffset { get; }

    /// <summary>The cause as a message fragment, without file and position.</summary>
    public string Cause { get; }

    internal static AudioFormatException Truncated(string path, long at, string cause) =>
        new(path, at, cause) { Fault = AudioFault.Truncated };
}
