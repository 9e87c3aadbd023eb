using System.Buffers.Binary;

namespace Sed.Core.Audio;

/// <summary>
/// Finds how many bytes of samples a WAV file contains. Recorders that were stopped and programs that write to a pipe leave
/// placeholders for sizes, and some programs state sizes that are a few bytes off. Such files are read, with a finding; a file
/// that ends before its stated length is an error.
/// </summary>
/// <param name="bytes">The file.</param>
/// <param name="riff">The size in the RIFF header, of everything after it.</param>
/// <param name="isBigEndian">Whether the file is RIFX.</param>
/// <param name="isRf64">Whether the sizes of the file are in its 'ds64' chunk.</param>
internal sealed class RiffSize(AudioBytes bytes, uint riff, bool isBigEndian, bool isRf64)
{
    // Sizes are off by at most the length of a header.
    private const int MaxSlip = 64;

    // The smallest part of the samples that a broken copy lacks. Less than that is a wrong size, even if both sizes agree.
    private const double MinCutPart = 1.0 / 200;

    // Placeholders for the size of the samples: 0xFFFFFFFF of ffmpeg and mpg123, 0x80000000 of arecord, 0x7FFFF000 of SoX.
    private static readonly uint[] Placeholders = [0xFFFF_FFFF, 0x8000_0000, 0x7FFF_FFFF, 0x7FFF_F000, 0x7F00_0000];

    /// <summary>Whether a size is one that programs write where they do not know the length.</summary>
    internal static bool IsPlaceholder(uint size) => Array.IndexOf(Placeholders, size) >= 0;

    /// <summary>Whether four bytes can be the name of a chunk: printable ASCII.</summary>
    internal static bool IsChunkName(ReadOnlySpan<byte> name) =>
        name.Length == 4 && name.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E) < 0;

    /// <summary>The length of the samples in bytes, in whole frames.</summary>
    /// <param name="data">Position of the first sample.</param>
    /// <param name="claimed">The size in the header of the 'data' chunk.</param>
    /// <param name="claimed64">The size in the 'ds64' chunk; null if there is none or it is a placeholder.</param>
    /// <param name="frameBytes">Bytes of one sample of all channels.</param>
    /// <param name="findings">Receives what is wrong with the sizes.</param>
    /// <exception cref="AudioFormatException">The file was cut, or it has no samples.</exception>
    internal long DataLength(long data, uint claimed, long? claimed64, int frameBytes, List<string> findings)
    {
        var left = bytes.Length - data;
        var stated = claimed64 ?? claimed;
        var length = stated;
        if (left >= frameBytes && IsUnknown(data, claimed, claimed64))
        {
            length = left;
            findings.Add(
                $"the header states no length ({(claimed64 is null ? $"0x{claimed:X8}" : "0")} bytes), as that of an unfinished "
                    + "recording or of a pipe; the file was read to its end"
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

    /// <summary>Whether the size of the samples is a placeholder.</summary>
    private bool IsUnknown(long data, uint claimed, long? claimed64)
    {
        if (claimed64 is { } size)
            return size == 0 && !IsChunk(data);
        if (claimed == 0)
            return riff == 0 || IsPlaceholder(riff) || !IsChunk(data);
        var left = bytes.Length - data;
        if (IsPlaceholder(claimed))
            return left < claimed || (left > claimed && !IsChunk(data + claimed));
        // Some programs add a header to the placeholder, subtract one from it or round it to a whole frame.
        var isNearPlaceholder = Placeholders.Any(known => Math.Abs((long)known - claimed) <= MaxSlip);
        return left < claimed && isNearPlaceholder && riff is 0 or >= 0x7F00_0000;
    }

    /// <summary>Whether a file is complete although its 'data' chunk claims more bytes than it has.</summary>
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

    /// <summary>Whether the samples go on behind the end that their chunk states.</summary>
    private bool Extends(long data, long stated, int frameBytes)
    {
        var left = bytes.Length - data;
        var tail = left - stated;
        // Sizes of more than 4 GiB wrap around.
        if (!isRf64 && left > uint.MaxValue)
            return Math.Abs((left & uint.MaxValue) - stated) <= MaxSlip;
        // A single byte is the padding of an odd size, or part of a frame that was never finished.
        var isPadding = tail == 1 && stated % 2 == 1 && bytes.Peek(bytes.Length - 1, 1) is [0];
        var isPartOfFrame = stated % frameBytes == 0 && tail < frameBytes;
        return tail is > 0 and <= MaxSlip
            && !isPadding
            && !isPartOfFrame
            && riff + 8L == bytes.Length
            && !IsChunk(data + stated + (stated % 2));
    }

    /// <summary>A finding for bytes behind the samples that are not a chunk, or that are another recording; null for none.</summary>
    private string? RestOf(long data, long stated)
    {
        var end = Math.Min(bytes.Length, data + stated + (stated % 2));
        var rest = bytes.Length - end;
        if (rest == 0)
            return null;
        var name = bytes.Peek(end, 4);
        if (name.SequenceEqual("RIFF"u8) || name.SequenceEqual("RIFX"u8) || name.SequenceEqual("RF64"u8))
            return $"another WAV file of {rest} bytes follows, which was not read";
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
