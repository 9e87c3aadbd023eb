using System.Buffers.Binary;

namespace Sed.Core.Audio;

/// <summary>
/// Detects truncated files in formats that ffmpeg decodes, because ffmpeg reads truncated files without an error.
/// Compares the sizes in the headers of Wave64, Sun audio and Core Audio files with the length of the file, and follows
/// the pages of Ogg files.
/// </summary>
internal static class StatedSizes
{
    private const int MaxChunks = 4096;

    /// <summary>
    /// Throws for a truncated file. Accepts files in other formats, and files without a size in the header.
    /// </summary>
    /// <exception cref="AudioFormatException">The file is shorter than its header states.</exception>
    internal static void RequireWhole(AudioBytes bytes)
    {
        var start = bytes.Peek(0, 12).ToArray();
        if (IsWave64(start))
            RequireChunks(bytes, 40, 24, Wave64Chunk);
        else if (start.AsSpan().StartsWith("caff"u8))
            RequireChunks(bytes, 8, 12, CoreAudioChunk);
        else if (start.AsSpan().StartsWith("OggS"u8))
            RequirePages(bytes);
        else if (start.Length == 12 && start.AsSpan().StartsWith(".snd"u8))
        {
            var data = BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(4));
            var size = BinaryPrimitives.ReadUInt32BigEndian(start.AsSpan(8));
            if (size is not (0 or uint.MaxValue))
                Require(bytes, data, size);
        }
    }

    /// <summary>Whether a file starts like a Wave64 file.</summary>
    internal static bool IsWave64(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[.. "riff"u8, 0x2E, 0x91, 0xCF, 0x11]);

    private static void RequirePages(AudioBytes bytes)
    {
        HashSet<uint> open = [];
        for (long at = 0; !MetadataTags.IsEnd(bytes, at); )
        {
            var page = OggPage.Read(bytes, at);
            if (page.IsLast)
                open.Remove(page.Serial);
            else
                open.Add(page.Serial);
            at += page.Length;
        }
        if (open.Count > 0)
            throw AudioFormatException.Truncated(
                bytes.Path,
                bytes.Length,
                "the file ends before the last page of its Ogg stream"
            );
    }

    private delegate (bool IsData, long Size) ChunkReader(ReadOnlySpan<byte> header);

    private static void RequireChunks(AudioBytes bytes, long first, int headerBytes, ChunkReader read)
    {
        var at = first;
        for (var count = 0; count < MaxChunks; count++)
        {
            var header = bytes.Peek(at, headerBytes);
            if (header.Length < headerBytes)
                throw AudioFormatException.Truncated(bytes.Path, at, "the file ends before its samples");
            var (isData, size) = read(header);
            // An unfinished recording has a negative size or the size of the header alone.
            if (isData && size <= 0)
                return;
            Require(bytes, at + headerBytes, size);
            if (isData)
                return;
            at += headerBytes + Math.Max(0, size);
            if (headerBytes == 24)
                at = (at + 7) & ~7; // chunks of Wave64 start at multiples of 8
        }
    }

    // The size of a Wave64 chunk includes its header.
    private static (bool IsData, long Size) Wave64Chunk(ReadOnlySpan<byte> header) =>
        (header.StartsWith("data"u8), BinaryPrimitives.ReadInt64LittleEndian(header[16..]) - 24);

    private static (bool IsData, long Size) CoreAudioChunk(ReadOnlySpan<byte> header) =>
        (header.StartsWith("data"u8), BinaryPrimitives.ReadInt64BigEndian(header[4..]));

    private static void Require(AudioBytes bytes, long data, long size)
    {
        if (size > bytes.Length - data)
            throw AudioFormatException.Truncated(
                bytes.Path,
                bytes.Length,
                $"the header states {size} bytes from byte {data} on, but the file ends after {Math.Max(0, bytes.Length - data)} of them"
            );
    }
}
