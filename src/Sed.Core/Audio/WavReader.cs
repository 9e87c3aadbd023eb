namespace Sed.Core.Audio;

/// <summary>
/// Reads WAV files: PCM of 8, 16, 24 and 32 bits and floating point of 32 and 64 bits, any number of channels, which are
/// averaged into one. A broken or truncated file is an <see cref="AudioFormatException"/>, never a shorter clip.
/// </summary>
public static class WavReader
{
    /// <summary>The header alone, without reading samples.</summary>
    /// <param name="path">A WAV file.</param>
    /// <exception cref="AudioFormatException">The header is broken or does not agree with the file's length.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static WavHeader ReadHeader(string path)
    {
        using WavSource source = WavSource.Open(path);
        return source.Header;
    }

    /// <summary>The whole file as mono samples at the file's own rate.</summary>
    /// <param name="path">A WAV file.</param>
    /// <exception cref="AudioFormatException">The file is broken, truncated, or of an encoding that is not read here.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Waveform Read(string path)
    {
        using WavSource source = WavSource.Open(path);
        return ReadAll(source, path);
    }

    /// <summary>A WAV file already in memory.</summary>
    /// <param name="bytes">The bytes of the file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="AudioFormatException">As for <see cref="Read(string)"/>.</exception>
    public static Waveform Read(ReadOnlyMemory<byte> bytes, string name)
    {
        using WavSource source = WavSource.Of(bytes, name);
        return ReadAll(source, name);
    }

    private static Waveform ReadAll(WavSource source, string path)
    {
        WavHeader header = source.Header;
        if (header.Encoding != WavEncoding.Other && header.Frames > Array.MaxLength)
            throw new AudioFormatException(path, 40, $"{header.Frames} samples do not fit in memory");
        var samples = new float[header.Encoding == WavEncoding.Other ? 0 : header.Frames];
        source.Decode(samples);
        return new Waveform(samples, header.SampleRate, header.Channels);
    }
}
