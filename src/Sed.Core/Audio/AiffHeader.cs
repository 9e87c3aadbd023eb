using System.Buffers.Binary;
using System.Text;

namespace Sed.Core.Audio;

/// <summary>
/// Reads the header of an AIFF or AIFF-C file (Apple, "Audio Interchange File Format", versions 1.3 and C). Every size
/// in the header is compared with the bytes in the file.
/// </summary>
internal static class AiffHeader
{
    private const int MaxChunks = 4096;

    /// <summary>Whether a file starts like an AIFF or AIFF-C file.</summary>
    internal static bool Matches(ReadOnlySpan<byte> start) =>
        start.Length >= 12
        && start.StartsWith("FORM"u8)
        && (start[8..12].SequenceEqual("AIFF"u8) || start[8..12].SequenceEqual("AIFC"u8));

    /// <summary>Reads the header.</summary>
    /// <param name="bytes">A file for which <see cref="Matches"/> is true.</param>
    /// <param name="compression">The compression type of an AIFF-C file; "NONE" for an AIFF file.</param>
    /// <returns>
    /// The layout of the samples; null if they are compressed by a method other than A-law and mu-law.
    /// </returns>
    /// <exception cref="AudioFormatException">The header is damaged or contradicts the length of the file.</exception>
    internal static PcmLayout? Read(AudioBytes bytes, out string compression)
    {
        compression = "NONE";
        var isCompressible = bytes.Peek(8, 4).SequenceEqual("AIFC"u8);
        byte[]? common = null;
        Sound? sound = null;
        var chunk = new byte[8];
        long at = 12;
        for (var count = 0; count < MaxChunks && (common is null || sound is null); count++)
        {
            if (bytes.ReadAt(at, chunk) < 8)
                throw AudioFormatException.Truncated(
                    bytes.Path,
                    at,
                    $"the file ends before {(common is null ? "a 'COMM'" : "an 'SSND'")} chunk"
                );
            var name = Encoding.Latin1.GetString(chunk, 0, 4);
            long size = BinaryPrimitives.ReadUInt32BigEndian(chunk.AsSpan(4));
            if (at + 8 + size > bytes.Length && name != "SSND")
                throw AudioFormatException.Truncated(
                    bytes.Path,
                    at,
                    $"the '{AudioBytes.Printable(chunk.AsSpan(0, 4))}' chunk claims {size} bytes, but "
                        + $"{bytes.Length - at - 8} are left"
                );
            if (name == "COMM")
                common = ReadCommon(bytes, at, size, isCompressible ? 22 : 18);
            else if (name == "SSND")
                sound = ReadSound(bytes, at, size);
            // Chunks start at even positions.
            at += 8 + size + (size & 1);
        }
        if (common is null || sound is null)
            throw new AudioFormatException(
                bytes.Path,
                at,
                $"there is no '{(common is null ? "COMM" : "SSND")}' chunk among the first {MaxChunks} chunks"
            );
        if (isCompressible)
            compression = AudioBytes.Printable(common.AsSpan(18, 4));
        return Describe(bytes.Path, common, compression, sound);
    }

    private static byte[] ReadCommon(AudioBytes bytes, long at, long size, int needed)
    {
        if (size < needed)
            throw new AudioFormatException(bytes.Path, at, $"the 'COMM' chunk has {size} bytes instead of {needed}");
        var common = new byte[needed];
        bytes.ReadFully(at + 8, common);
        return common;
    }

    private static Sound ReadSound(AudioBytes bytes, long at, long size)
    {
        var start = new byte[4];
        var left = bytes.Length - at - 8;
        // Interrupted recorders and programs that write to a pipe leave a placeholder for the size.
        var isUnknown = left >= 8 && (size == 0 || (size > left && RiffSize.IsPlaceholder((uint)size)));
        var claimed = size;
        size = isUnknown ? left : Math.Min(size, left);
        if (size < 8 || bytes.ReadAt(at + 8, start) < 4)
            throw new AudioFormatException(bytes.Path, at, $"the 'SSND' chunk has {size} bytes instead of 8 or more");
        long padding = BinaryPrimitives.ReadUInt32BigEndian(start);
        if (padding > size - 8)
            throw new AudioFormatException(
                bytes.Path,
                at + 8,
                $"the 'SSND' chunk of {size} bytes has an invalid offset of {padding} bytes"
            );
        return new Sound(at + 16 + padding, size - 8 - padding, claimed, isUnknown);
    }

    /// <summary>Position and length of the samples in a file.</summary>
    /// <param name="Offset">Position of the first sample.</param>
    /// <param name="Length">
    /// Number of bytes from the first sample to the end of the chunk or, if earlier, of the file.
    /// </param>
    /// <param name="Claimed">The size in the chunk's header, in bytes.</param>
    /// <param name="IsUnknown">Whether the size in the chunk's header is a placeholder.</param>
    private sealed record Sound(long Offset, long Length, long Claimed, bool IsUnknown);

    private static PcmLayout? Describe(string path, byte[] common, string compression, Sound sound)
    {
        int channels = BinaryPrimitives.ReadUInt16BigEndian(common);
        long frames = BinaryPrimitives.ReadUInt32BigEndian(common.AsSpan(2));
        int bits = BinaryPrimitives.ReadUInt16BigEndian(common.AsSpan(6));
        var rate = SampleRate(common.AsSpan(8, 10));
        if (channels == 0)
            throw new AudioFormatException(path, null, "the 'COMM' chunk states 0 channels");
        if (!(rate >= PcmLayout.MinSampleRate && rate <= PcmLayout.MaxSampleRate))
            throw new AudioFormatException(
                path,
                null,
                FormattableString.Invariant(
                    $"the 'COMM' chunk states {rate:0.###} samples per second, which is not between {PcmLayout.MinSampleRate} and {PcmLayout.MaxSampleRate}"
                )
            );
        if (FormatOf(compression, bits, channels) is not { } format)
            return null;
        if (format.BitsPerSample is < 8 or > 64 || (format.Encoding == SampleEncoding.Pcm && format.BitsPerSample > 32))
            throw new AudioFormatException(
                path,
                null,
                $"the 'COMM' chunk states {bits} bits per sample, which is not between 1 and 32"
            );
        List<string> findings = [];
        var isUnfinished = frames == 0 || frames * format.FrameBytes > sound.Length;
        if (sound.IsUnknown)
        {
            if (isUnfinished)
                frames = sound.Length / format.FrameBytes;
            findings.Add(
                $"the header states no length (0x{sound.Claimed:X8} bytes), as in an unfinished recording or a stream from a pipe; "
                    + (
                        isUnfinished
                            ? "the file was read to its end"
                            : "the frames that the 'COMM' chunk states were read"
                    )
            );
        }
        if (frames == 0)
            throw new AudioFormatException(path, sound.Offset, "the file contains no samples");
        var needed = frames * format.FrameBytes;
        if (needed > sound.Length)
            throw AudioFormatException.Truncated(
                path,
                sound.Offset + sound.Length,
                $"the 'COMM' chunk states {frames} frames of {format.FrameBytes} bytes, but the 'SSND' chunk holds "
                    + $"{sound.Length} bytes"
            );
        if (sound.Length - needed >= Math.Max(2, format.FrameBytes))
            findings.Add(
                $"the 'COMM' chunk states {frames} frames; {sound.Length - needed} more bytes of samples were not read"
            );
        return new PcmLayout(format, (int)Math.Round(rate), sound.Offset, frames) { Findings = findings };
    }

    // Integers whose width is not a multiple of 8 bits are left-justified in whole bytes.
    private static SampleFormat? FormatOf(string compression, int bits, int channels)
    {
        var width = (bits + 7) / 8 * 8;
        var format = new SampleFormat(SampleEncoding.Pcm, width, channels)
        {
            IsBigEndian = true,
            HasSignedBytes = true,
        };
        return compression switch
        {
            "NONE" or "twos" => format,
            "sowt" => format with { IsBigEndian = false },
            "raw " => format with { HasSignedBytes = false },
            "in24" => format with { BitsPerSample = 24 },
            "in32" => format with { BitsPerSample = 32 },
            "fl32" or "FL32" => format with { Encoding = SampleEncoding.Float, BitsPerSample = 32 },
            "fl64" or "FL64" => format with { Encoding = SampleEncoding.Float, BitsPerSample = 64 },
            "alaw" or "ALAW" => format with { Encoding = SampleEncoding.ALaw, BitsPerSample = 8 },
            "ulaw" or "ULAW" => format with { Encoding = SampleEncoding.MuLaw, BitsPerSample = 8 },
            _ => null,
        };
    }

    // IEEE 754 extended precision: sign, 15 bits of exponent, 64 bits of mantissa with an explicit leading 1.
    private static double SampleRate(ReadOnlySpan<byte> extended)
    {
        var exponent = BinaryPrimitives.ReadUInt16BigEndian(extended);
        return exponent >= 0x7FFF
            ? double.NaN
            : Math.ScaleB(BinaryPrimitives.ReadUInt64BigEndian(extended[2..]), exponent - 16_446);
    }
}
