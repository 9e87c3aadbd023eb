using System.Buffers.Binary;
using System.Text;

namespace Sed.Core.Audio;

/// <summary>
/// Reads the header of a WAV file: RIFF, RIFX (big-endian), RF64 and BW64 (64-bit sizes; EBU Tech 3306, ITU-R BS.2088).
/// Every size in the header is compared with the length of the file (Microsoft, "Multiple Channel Audio Data and WAVE
/// Files").
/// </summary>
internal static class WavHeader
{
    private const int PcmTag = 1;
    private const int FloatTag = 3;
    private const int ALawTag = 6;
    private const int MuLawTag = 7;
    private const int ExtensibleTag = 0xFFFE;

    private const int MaxFormatBytes = 1 << 16;

    // Files have a few chunks. The limit bounds the time for a malicious file.
    private const int MaxChunks = 4096;

    /// <summary>Whether a file starts like a WAV file.</summary>
    internal static bool Matches(ReadOnlySpan<byte> start) =>
        start.Length >= 12
        && (start.StartsWith("RIFF"u8) || start.StartsWith("RIFX"u8) || Has64BitSizes(start))
        && start[8..12].SequenceEqual("WAVE"u8);

    private static bool Has64BitSizes(ReadOnlySpan<byte> start) =>
        start.StartsWith("RF64"u8) || start.StartsWith("BW64"u8);

    /// <summary>Reads the header.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="formatTag">The format code; for an extensible header, the code in the sub-format.</param>
    /// <returns>The layout of the samples; null if the encoding is not PCM, floating point, A-law or mu-law.</returns>
    /// <exception cref="AudioFormatException">The header is damaged or contradicts the length of the file.</exception>
    internal static PcmLayout? Read(AudioBytes bytes, out int formatTag)
    {
        var riff = new byte[12];
        if (bytes.Length == 0)
            throw AudioFormatException.Truncated(bytes.Path, 0, "the file is empty");
        if (bytes.ReadAt(0, riff) < 12)
            throw AudioFormatException.Truncated(
                bytes.Path,
                bytes.Length,
                $"the file ends after {bytes.Length} bytes, inside the RIFF header"
            );
        if (!Matches(riff))
            throw new AudioFormatException(
                bytes.Path,
                0,
                $"this is not a WAV file: it starts with '{AudioBytes.Printable(riff)}' instead of 'RIFF....WAVE'"
            );
        return new Chunks(bytes, riff).Read(out formatTag);
    }

    /// <summary>The chunks of one file.</summary>
    private sealed class Chunks(AudioBytes bytes, byte[] riff)
    {
        private readonly string path = bytes.Path;
        private readonly bool isBigEndian = riff.AsSpan().StartsWith("RIFX"u8);
        private readonly bool isRf64 = Has64BitSizes(riff);
        private readonly List<string> findings = [];
        private byte[]? format;
        private long? dataSize64;
        private bool hasSizes;

        internal PcmLayout? Read(out int formatTag)
        {
            var chunk = new byte[8];
            long at = 12;
            for (var count = 0; count < MaxChunks; count++)
            {
                if (bytes.ReadAt(at, chunk) < 8)
                    throw AudioFormatException.Truncated(
                        path,
                        at,
                        format is null ? "the file ends before a 'fmt ' chunk" : "the file ends before a 'data' chunk"
                    );
                var name = Encoding.Latin1.GetString(chunk, 0, 4);
                var size = UInt32(chunk.AsSpan(4));
                if (name == "data")
                    return Describe(at, size, out formatTag);
                if (name == "fmt " && size is < 16 or > MaxFormatBytes)
                    throw new AudioFormatException(
                        path,
                        at,
                        $"the 'fmt ' chunk has {size} bytes instead of 16 to {MaxFormatBytes}"
                    );
                if (at + 8 + size > bytes.Length)
                    throw AudioFormatException.Truncated(
                        path,
                        at,
                        $"the '{AudioBytes.Printable(chunk.AsSpan(0, 4))}' chunk claims {size} bytes, but "
                            + $"{bytes.Length - at - 8} are left"
                    );
                if (name == "fmt ")
                    bytes.ReadFully(at + 8, format = new byte[Math.Min(size, 40)]);
                else if (name == "ds64" && isRf64 && size >= 16)
                    ReadSizes(at + 8);
                at += 8 + size + Padding(at + 8 + size, size);
            }
            throw new AudioFormatException(path, at, $"there is no 'data' chunk among the first {MaxChunks} chunks");
        }

        /// <summary>
        /// The length of the padding after a chunk: 0 or 1 byte. Chunks start at even positions, but some programs
        /// leave out the padding byte.
        /// </summary>
        private long Padding(long end, uint size)
        {
            if (size % 2 == 0)
                return 0;
            if (RiffSize.IsChunkName(bytes.Peek(end, 4)) && !RiffSize.IsChunkName(bytes.Peek(end + 1, 4)))
            {
                findings.Add($"the chunk that ends at byte {end} has an odd size and no padding byte");
                return 0;
            }
            return 1;
        }

        private void ReadSizes(long at)
        {
            hasSizes = true;
            var sizes = new byte[16];
            bytes.ReadFully(at, sizes);
            dataSize64 = BinaryPrimitives.ReadInt64LittleEndian(sizes.AsSpan(8));
            if (dataSize64 == -1)
                dataSize64 = null;
            else if (dataSize64 < 0)
                throw new AudioFormatException(path, at + 8, $"the 'ds64' chunk states {dataSize64} bytes of samples");
        }

        private PcmLayout? Describe(long chunkOffset, uint claimed, out int formatTag)
        {
            if (format is null)
                throw new AudioFormatException(path, chunkOffset, "the 'data' chunk comes before any 'fmt ' chunk");
            if (isRf64 && !hasSizes)
                throw new AudioFormatException(
                    path,
                    12,
                    $"this {AudioBytes.Printable(riff.AsSpan(0, 4))} file has no 'ds64' chunk"
                );
            formatTag = UInt16(format);
            var channels = UInt16(format.AsSpan(2));
            var rate = UInt32(format.AsSpan(4));
            var align = UInt16(format.AsSpan(12));
            var bits = UInt16(format.AsSpan(14));
            if (formatTag == ExtensibleTag && format.Length >= 26)
                formatTag = UInt16(format.AsSpan(24));
            if (channels == 0)
                throw new AudioFormatException(path, 22, "the header states 0 channels");
            if (rate is < PcmLayout.MinSampleRate or > PcmLayout.MaxSampleRate)
                throw new AudioFormatException(
                    path,
                    24,
                    $"the header states {rate} samples per second, which is not between {PcmLayout.MinSampleRate} and "
                        + $"{PcmLayout.MaxSampleRate}"
                );
            if (EncodingOf(formatTag) is not { } encoding)
                return null;
            RequireWidth(encoding, bits);
            var isDataRateOfAlign = UInt32(format.AsSpan(8)) == (long)rate * align;
            var width = ContainerBits(bits, align, channels, isDataRateOfAlign);
            var samples = new SampleFormat(encoding, width, channels) { IsBigEndian = isBigEndian };
            if (align != samples.FrameBytes)
                RequireFrameBytes(align, samples, isDataRateOfAlign);
            var data = chunkOffset + 8;
            RiffSize stated = new(bytes, UInt32(riff.AsSpan(4)), isBigEndian, isRf64);
            var length = stated.DataLength(data, claimed, dataSize64, samples.FrameBytes, findings);
            return new PcmLayout(samples, (int)rate, data, length / samples.FrameBytes) { Findings = findings };
        }

        // The frame size in the header is redundant, so a wrong size is ignored. If the data rate confirms the frame
        // size, however, the number of channels or bits may be wrong.
        private void RequireFrameBytes(int align, SampleFormat samples, bool isDataRateOfAlign)
        {
            var contradiction =
                $"the header states {align} bytes per frame, but {samples.Channels} channels of {samples.BitsPerSample} bits make "
                + $"{samples.FrameBytes}";
            if (isDataRateOfAlign)
                throw new AudioFormatException(path, 32, contradiction);
            findings.Add($"{contradiction}; frames of {samples.FrameBytes} bytes were read");
        }

        // Samples of 24 bits can be stored in 32 bits with the lower 8 bits zero. The data rate confirms this.
        private static int ContainerBits(int bits, int align, int channels, bool isDataRateOfAlign) =>
            bits == 24 && align == 4 * channels && isDataRateOfAlign ? 32 : bits;

        private static SampleEncoding? EncodingOf(int formatTag) =>
            formatTag switch
            {
                PcmTag => SampleEncoding.Pcm,
                FloatTag => SampleEncoding.Float,
                ALawTag => SampleEncoding.ALaw,
                MuLawTag => SampleEncoding.MuLaw,
                _ => null,
            };

        private void RequireWidth(SampleEncoding encoding, int bits)
        {
            var isKnown = encoding switch
            {
                SampleEncoding.Pcm => bits is 8 or 16 or 24 or 32,
                SampleEncoding.Float => bits is 32 or 64,
                _ => bits == 8,
            };
            if (!isKnown)
                throw new AudioFormatException(
                    path,
                    34,
                    $"samples of {bits} bits are not supported: PCM needs 8, 16, 24 or 32 bits, floating point needs 32 or 64, and A-law and mu-law need 8"
                );
        }

        private int UInt16(ReadOnlySpan<byte> at) =>
            isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

        private uint UInt32(ReadOnlySpan<byte> at) =>
            isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
    }
}
