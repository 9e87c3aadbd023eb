using System.Buffers.Binary;

namespace Sed.Core.Audio;

/// <summary>
/// Determines the number of bytes of samples in a WAV file. Interrupted recorders and programs that write to a pipe
/// leave placeholders for sizes, and some programs write sizes that are wrong by a few bytes. Such files are read, and
/// the fault is reported as a finding. A truncated file is an error.
/// </summary>
/// <param name="bytes">The file.</param>
/// <param name="riff">The size in the RIFF header: the length of the file without its first 8 bytes.</param>
/// <param name="isBigEndian">Whether the file is RIFX.</param>
/// <param name="isRf64">Whether the sizes of the file are in its 'ds64' chunk.</param>
internal sealed class RiffSize(AudioBytes bytes, uint riff, bool isBigEndian, bool isRf64)
{
    // Maximum number of bytes by which a size may be wrong: about the length of a header.
    private const int MaxSlip = 64;

    // Used if at most MaxSlip bytes are missing and the RIFF size is not correct: the file counts as truncated if at
    // least this fraction of its samples is missing. If less is missing, the size in the 'data' chunk counts as wrong.
    private const double MinCutPart = 1.0 / 200;

    // Placeholders for the size of the samples: 0xFFFFFFFF of ffmpeg and mpg123, 0x80000000 of arecord, 0x7FFFF000 of
    // SoX.
    private static readonly uint[] Placeholders = [0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF, 0x7FFF_F000, 0x7F00_0000];

    /// <summary>Whether a size is a placeholder that programs write for an unknown length.</summary>
    internal static bool IsPlaceholder(uint size) => Array.IndexOf(Placeholders, size) >= 0;

    /// <summary>Whether four bytes can be the name of a chunk: printable ASCII.</summary>
    internal static bool IsChunkName(ReadOnlySpan<byte> name) =>
        name.Length == 4 && name.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) < 0;

    /// <summary>Determines the number of bytes of samples, a multiple of the length of a frame.</summary>
    /// <param name="data">Position of the first sample.</param>
    /// <param name="claimed">The size in the header of the 'data' chunk.</param>
    /// <param name="claimed64">
    /// The size of the samples in the 'ds64' chunk; null if there is no such chunk or the size is a placeholder.
    /// </param>
    /// <param name="frameBytes">Length of a frame (one sample of all channels) in bytes.</param>
    /// <param name="findings">Receives a message fragment for each size that is wrong.</param>
    /// <exception cref="AudioFormatException">The file is truncated or has no samples.</exception>
    internal long DataLength(long data, uint claimed, long? claimed64, int frameBytes, List<string> findings)
    {
        var left = bytes.Length - data;
        var stated = claimed64 ?? claimed;
        var length = stated;
        if (left >= frameBytes && IsUnknown(data, claimed, claimed64))
        {
            length = left;
            findings.Add(
                $"the header states no length ({(claimed64 is null ? $"0x{claimed:X8}" : "0")} bytes), as in an unfinished "
                    + "recording or a stream from a pipe; the file was read to its end"
            );
        }
        else if (stated > left)
        {
            if (!IsWholeDespite(data, stated))
                throw AudioFormatException.Truncated(
                    bytes.Path,
                    bytes.Length,
                    $"the 'data' chunk claims {stated} bytes, but the file ends after {left} of them"
                );
            length = left;
            findings.Add($"the 'data' chunk claims {stated} bytes, but the file has only {left}, which were read");
        }
        else if (Extends(data, stated, frameBytes))
        {
            length = left;
            findings.Add($"the 'data' chunk claims {stated} bytes, but the file has {left}, which were read");
        }
        else if (RestOf(data, stated) is { } rest)
            findings.Add(rest);
        if (length % frameBytes is var odd and > 0)
            findings.Add($"the samples end inside a frame of {frameBytes} bytes; the last {odd} bytes were not read");
        length -= length % frameBytes;
        return length > 0
            ? length
            : throw new AudioFormatException(bytes.Path, data, "the 'data' chunk contains no samples");
    }

    /// <summary>Whether the size of the audio data in the header is a placeholder.</summary>
    private bool IsUnknown(long data, uint claimed, long? claimed64)
    {
        if (claimed64 is { } size)
            return size == 0 && !IsChunk(data);
        if (claimed == 0)
            return riff == 0 || IsPlaceholder(riff) || !IsChunk(data);
        var left = bytes.Length - data;
        if (IsPlaceholder(claimed))
            return left < claimed || (left > claimed && !IsChunk(data + claimed));
        // Some programs add the length of a header to the placeholder, subtract it, or round the placeholder to a whole
        // frame.
        var isNearPlaceholder = Placeholders.Any(known => Math.Abs((long)known - claimed) <= MaxSlip);
        return left < claimed && isNearPlaceholder && riff is 0 or >= 0x7F00_0000;
    }

    /// <summary>Whether a file is complete although the size in its 'data' chunk exceeds the remaining bytes.</summary>
    private bool IsWholeDespite(long data, long stated)
    {
        if (isRf64 || bytes.Length <= data)
            return false;
        var isUnfinished = riff == 0;
        var isFileLength = stated == bytes.Length;
        var missing = stated - (bytes.Length - data);
        var isRiffWhole = riff + 8L > data && riff + 8L <= bytes.Length;
        var isOff = missing <= MaxSlip && (isRiffWhole || missing < MinCutPart * stated);
        return isUnfinished || isFileLength || isOff;
    }

    /// <summary>Whether the samples continue after the end of the 'data' chunk.</summary>
    private bool Extends(long data, long stated, int frameBytes)
    {
        var left = bytes.Length - data;
        var tail = left - stated;
        // Sizes of more than 4 GiB wrap around.
        if (!isRf64 && left > uint.MaxValue)
            return Math.Abs((left & uint.MaxValue) - stated) <= MaxSlip;
        // A single byte is the padding of an odd size, or part of an incomplete frame.
        var isPadding = tail == 1 && stated % 2 == 1 && bytes.Peek(bytes.Length - 1, 1) is [0];
        var isPartOfFrame = stated % frameBytes == 0 && tail < frameBytes;
        return tail is > 0 and <= MaxSlip
            && !isPadding
            && !isPartOfFrame
            && riff + 8L == bytes.Length
            && !IsChunk(data + stated + (stated % 2));
    }

    /// <summary>
    /// A finding about bytes after the samples that do not form a chunk or that start another recording; null if there
    /// are no such bytes.
    /// </summary>
    private string? RestOf(long data, long stated)
    {
        var end = Math.Min(bytes.Length, data + stated + (stated % 2));
        var rest = bytes.Length - end;
        if (rest == 0)
            return null;
        var name = bytes.Peek(end, 4);
        if (name.SequenceEqual("RIFF"u8) || name.SequenceEqual("RIFX"u8) || name.SequenceEqual("RF64"u8))
            return $"another WAV file of {rest} bytes follows and was not read";
        return IsChunk(end) ? null : $"{rest} bytes after the samples were not read";
    }

    /// <summary>Whether a chunk that fits into the file starts at a position.</summary>
    private bool IsChunk(long at)
    {
        Span<byte> start = stackalloc byte[8];
        if (bytes.ReadAt(at, start) < 8 || !IsChunkName(start[..4]))
            return false;
        var size = isBigEndian
            ? BinaryPrimitives.ReadUInt32BigEndian(start[4..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        return at + 8 + size <= bytes.Length;
    }
}
