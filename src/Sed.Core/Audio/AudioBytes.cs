using System.Buffers;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sed.Core.Audio;

/// <summary>Random access to the bytes of an audio file, on disk or in memory. Not thread-safe.</summary>
internal sealed class AudioBytes : IDisposable
{
    /// <summary>The largest number of bytes that <see cref="Peek"/> returns.</summary>
    internal const int WindowBytes = 1 << 17;

    private readonly SafeFileHandle? file;
    private readonly ReadOnlyMemory<byte> memory;
    private long origin;
    private byte[] window = [];
    private long windowStart;
    private int windowLength;

    private AudioBytes(string path, string location, SafeFileHandle? file, ReadOnlyMemory<byte> memory, long length)
    {
        (Path, Location, this.file, this.memory, Length) = (path, location, file, memory, length);
    }

    /// <summary>Path or name of the file, for messages.</summary>
    internal string Path { get; }

    /// <summary>Path by which other programs can open the file; empty for a file in memory.</summary>
    internal string Location { get; }

    /// <summary>Length in bytes, without the bytes that <see cref="StartAt"/> leaves out.</summary>
    internal long Length { get; private set; }

    /// <summary>Leaves out the bytes before an offset. All later offsets are relative to it.</summary>
    internal void StartAt(long offset)
    {
        origin += offset;
        Length -= offset;
        windowLength = 0;
    }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="name">Name that messages use for the file; null (default) for its path.</param>
    /// <exception cref="AudioFormatException">
    /// The file is empty, or it is a pipe or a device, which could block.
    /// </exception>
    internal static AudioBytes Open(string path, string? name = null)
    {
        name ??= path;
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        if (target is FileInfo { Exists: true, Length: 0 })
            throw AudioFormatException.Truncated(name, 0, "the file is empty, or it is a pipe or a device");
        var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        return new AudioBytes(name, path, file, default, RandomAccess.GetLength(file));
    }

    /// <summary>Wraps a file that is already in memory.</summary>
    /// <param name="bytes">The bytes of the file.</param>
    /// <param name="name">Name that messages use for the file.</param>
    internal static AudioBytes Of(ReadOnlyMemory<byte> bytes, string name) => new(name, "", null, bytes, bytes.Length);

    /// <summary>Reads bytes from an offset.</summary>
    /// <returns>The number of bytes read; less than the target's length only at the end of the file.</returns>
    internal int ReadAt(long offset, Span<byte> target)
    {
        var count = 0;
        while (count < target.Length && offset + count < Length)
        {
            var more = ReadOnce(offset + count, target[count..]);
            if (more == 0)
                break;
            count += more;
        }
        return count;
    }

    /// <summary>Fills the target with bytes from an offset.</summary>
    /// <exception cref="AudioFormatException">The file has become shorter since it was opened.</exception>
    internal void ReadFully(long offset, Span<byte> target)
    {
        var count = ReadAt(offset, target);
        if (count < target.Length)
            throw AudioFormatException.Truncated(Path, offset + count, "the file ended while it was being read");
    }

    /// <summary>
    /// Returns bytes from an offset, buffered for sequential reading. The span is valid until the next call.
    /// </summary>
    /// <param name="offset">Position in the file.</param>
    /// <param name="count">Number of bytes, at most <see cref="WindowBytes"/>.</param>
    /// <returns>The bytes, fewer than requested only at the end of the file.</returns>
    internal ReadOnlySpan<byte> Peek(long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, WindowBytes);
        var available = (int)Math.Clamp(Length - offset, 0, count);
        if (offset < windowStart || offset + available > windowStart + windowLength)
        {
            if (window.Length == 0)
                window = ArrayPool<byte>.Shared.Rent(WindowBytes);
            windowStart = offset;
            windowLength = ReadAt(offset, window.AsSpan(0, WindowBytes));
            available = Math.Min(available, windowLength);
        }
        return window.AsSpan((int)(offset - windowStart), available);
    }

    /// <summary>Formats bytes as text for a message. Bytes that are not printable ASCII become dots.</summary>
    internal static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var b in bytes)
            text.Append(b is >= 32 and < 127 ? (char)b : '.');
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file?.Dispose();
        if (window.Length > 0)
            ArrayPool<byte>.Shared.Return(window);
        window = [];
        windowLength = 0;
    }

    private int ReadOnce(long offset, Span<byte> target)
    {
        if (file is not null)
            return RandomAccess.Read(file, target, origin + offset);
        var rest = memory.Span[(int)(origin + offset)..];
        var count = Math.Min(target.Length, rest.Length);
        rest[..count].CopyTo(target);
        return count;
    }
}
