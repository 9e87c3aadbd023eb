using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Sed.Core.Audio;

/// <summary>An open WAV file whose header has been read and checked; samples are decoded into memory of the caller's.</summary>
internal sealed class WavSource : IDisposable
{
    private const int BlockBytes = 1 << 16;
    private readonly string path;
    private readonly SafeFileHandle? file;
    private readonly ReadOnlyMemory<byte> memory;

    private WavSource(string path)
    {
        this.path = path;
        AudioFile.RequireBytes(path);
        file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        try
        {
            Header = WavHeaderReader.Read(ReadAt, RandomAccess.GetLength(file), path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private WavSource(ReadOnlyMemory<byte> bytes, string name)
    {
        path = name;
        memory = bytes;
        Header = WavHeaderReader.Read(ReadAt, bytes.Length, name);
    }

    internal WavHeader Header { get; }

    internal static WavSource Open(string path) => new(path);

    internal static WavSource Of(ReadOnlyMemory<byte> bytes, string name) => new(bytes, name);

    /// <summary>Decodes the file's first frames, channels averaged.</summary>
    /// <param name="mono">Receives one value per frame; at most as many as the file has.</param>
    /// <exception cref="AudioFormatException">The encoding is not read here, or the file became shorter meanwhile.</exception>
    internal void Decode(Span<float> mono) => Decode(0, mono);

    /// <summary>The same of frames from any of them on.</summary>
    /// <param name="first">The first frame.</param>
    /// <param name="mono">Receives one value per frame; at most as many as the file has from there on.</param>
    internal void Decode(long first, Span<float> mono)
    {
        if (Header.Encoding == WavEncoding.Other)
            throw new AudioFormatException(
                path,
                20,
                $"format code 0x{Header.FormatTag:X4} is neither PCM nor floating point"
            );
        var framesPerBlock = Math.Max(1, BlockBytes / Header.FrameBytes);
        var block = ArrayPool<byte>.Shared.Rent(framesPerBlock * Header.FrameBytes);
        try
        {
            for (var done = 0; done < mono.Length; )
            {
                var frames = Math.Min(framesPerBlock, mono.Length - done);
                Span<byte> bytes = block.AsSpan(0, frames * Header.FrameBytes);
                ReadFully(Header.DataOffset + ((first + done) * Header.FrameBytes), bytes);
                SampleFormat.ToMono(bytes, Header, mono.Slice(done, frames));
                done += frames;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <inheritdoc />
    public void Dispose() => file?.Dispose();

    private void ReadFully(long offset, Span<byte> target)
    {
        for (var got = 0; got < target.Length; )
        {
            var more = ReadAt(offset + got, target[got..]);
            if (more == 0)
                throw new AudioFormatException(path, offset + got, "the file ended while it was being read")
                {
                    Fault = AudioFault.Truncated,
                };
            got += more;
        }
    }

    private int ReadAt(long offset, Span<byte> target)
    {
        if (file is not null)
            return RandomAccess.Read(file, target, offset);
        if (offset >= memory.Length)
            return 0;
        ReadOnlySpan<byte> rest = memory.Span[(int)offset..];
        var count = Math.Min(target.Length, rest.Length);
        rest[..count].CopyTo(target);
        return count;
    }
}
