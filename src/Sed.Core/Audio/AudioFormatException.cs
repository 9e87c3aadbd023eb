namespace Sed.Core.Audio;

/// <summary>An audio file that cannot be read as what it claims to be: which file, where in it, and why.</summary>
public sealed class AudioFormatException : IOException
{
    /// <summary>Names the file, the byte and the cause; the message joins the three.</summary>
    /// <param name="path">The file.</param>
    /// <param name="byteOffset">The position of the fault in the file, or null where the decoder does not tell.</param>
    /// <param name="cause">What is wrong, as a clause without a full stop.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public AudioFormatException(string path, long? byteOffset, string cause, Exception? inner = null)
        : base(byteOffset is { } at ? $"{path}, byte {at}: {cause}." : $"{path}: {cause}.", inner)
    {
        Path = path;
        ByteOffset = byteOffset;
        Cause = cause;
    }

    /// <summary>The kind of fault. Default <see cref="AudioFault.Damaged"/>.</summary>
    public AudioFault Fault { get; init; }

    /// <summary>Whether the file does not begin as a WAV file does, so that another decoder may know it.</summary>
    internal bool IsOtherFormat { get; init; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Where in the file the fault is, or null where the decoder does not tell.</summary>
    public long? ByteOffset { get; }

    /// <summary>What is wrong, without file and position.</summary>
    public string Cause { get; }
}
