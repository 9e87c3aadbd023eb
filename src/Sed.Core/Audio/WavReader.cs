using System.Buffers;
using Microsoft.Win32.SafeHandles;

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
        using SafeFileHandle file = File.OpenHandle(path);
        return Header(file, path);
    }

    /// <summary>The whole file as mono samples at the file's own rate.</summary>
    /// <param name="path">A WAV file.</param>
    /// <exception cref="AudioFormatException">The file is broken, truncated, or of an encoding that is not read here.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static Waveform Read(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        WavHeader header = Header(file, path);
        float[] samples = Decode(header, path, (offset, buffer) => RandomAccess.Read(file, buffer, offset));
        return new Waveform(samples, header.SampleRate, header.Channels);
    }

    /// <summary>A WAV file already in memory.</summary>
    /// <param name="bytes">The bytes of the file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="AudioFormatException">As for <see cref="Read(string)"/>.</exception>
    public static Waveform Read(ReadOnlyMemory<byte> bytes, string name)
    {
        int Copy(long offset, Span<byte> target)
        {
            int count = (int)Math.Min(target.Length, Math.Max(0, bytes.Length - offset));
            bytes.Span.Slice((int)Math.Min(offset, bytes.Length), count).CopyTo(target);
            return count;
        }
        WavHeader header = WavHeaderReader.Read((offset, buffer) => Copy(offset, buffer), bytes.Length, name);
        return new Waveform(Decode(header, name, Copy), header.SampleRate, header.Channels);
    }

    private delegate int ReadAt(long offset, Span<byte> target);

    private static WavHeader Header(SafeFileHandle file, string path) =>
        WavHeaderReader.Read(
            (offset, buffer) => RandomAccess.Read(file, buffer, offset),
            RandomAccess.GetLength(file),
            path
        );

    private static float[] Decode(WavHeader header, string path, ReadAt read)
    {
        if (header.Encoding == WavEncoding.Other)
            throw new AudioFormatException(
                path,
                20,
                $"format code 0x{header.FormatTag:X4} is neither PCM nor floating point"
            );
        if (header.Frames > Array.MaxLength)
            throw new AudioFormatException(path, 40, $"{header.Frames} samples do not fit in memory");
        float[] samples = new float[header.Frames];
        int framesPerBlock = Math.Max(1, 65_536 / header.FrameBytes);
        byte[] block = ArrayPool<byte>.Shared.Rent(framesPerBlock * header.FrameBytes);
        try
        {
            for (long done = 0; done < header.Frames; )
            {
                int frames = (int)Math.Min(framesPerBlock, header.Frames - done);
                Span<byte> bytes = block.AsSpan(0, frames * header.FrameBytes);
                long offset = header.DataOffset + (done * header.FrameBytes);
                for (int got = 0; got < bytes.Length; )
                {
                    int more = read(offset + got, bytes[got..]);
                    if (more == 0)
                        throw new AudioFormatException(path, offset + got, "the file ended while it was being read");
                    got += more;
                }
                SampleFormat.ToMono(bytes, header, samples.AsSpan((int)done, frames));
                done += frames;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        return samples;
    }
}
