using System.Numerics;

namespace Sed.Core.Audio;

/// <summary>Format of a FLAC stream: the STREAMINFO block (RFC 9639, section 8.2).</summary>
/// <param name="SampleRate">Samples per second and channel (Hz).</param>
/// <param name="Channels">Number of channels, 1 to 8.</param>
/// <param name="BitsPerSample">Width of a sample in bits, 4 to 32.</param>
/// <param name="Frames">Number of samples per channel; 0 if it is unknown.</param>
/// <param name="IsVariable">
/// Whether the minimum and the maximum block size differ. In files written by FLAC versions before 1.2, this is the
/// only sign that frame headers contain sample numbers instead of frame numbers.
/// </param>
internal readonly record struct FlacStreamInfo(
    int SampleRate,
    int Channels,
    int BitsPerSample,
    long Frames,
    bool IsVariable
);

/// <summary>Header of a FLAC frame (RFC 9639, section 9.1).</summary>
/// <param name="BlockSize">Number of samples per channel.</param>
/// <param name="Assignment">
/// Channel assignment. From 0 to 7, there is one independent channel more than this number; 8: left and side; 9: side
/// and right; 10: mid and side.
/// </param>
/// <param name="IsVariable">
/// Whether <paramref name="Number"/> is a sample number; if false, it is a frame number.
/// </param>
/// <param name="Number">Number of the frame, or of its first sample.</param>
/// <param name="Length">Length of the header in bytes.</param>
internal readonly record struct FlacFrameHeader(int BlockSize, int Assignment, bool IsVariable, long Number, int Length)
{
    /// <summary>Length of the longest header in bytes.</summary>
    internal const int MaxLength = 16;

    private const int LeftSide = 8;
    private const int SideRight = 9;
    private const int MidSide = 10;

    /// <summary>Number of channels.</summary>
    internal int Channels => Assignment < LeftSide ? Assignment + 1 : 2;

    /// <summary>Whether two bytes can be the start of a frame.</summary>
    internal static bool IsSync(byte first, byte second) => first == 0xFF && (second & 0xFE) == 0xF8;

    /// <summary>Parses a header.</summary>
    /// <param name="bytes">Bytes from the start of the frame.</param>
    /// <param name="stream">Format of the stream.</param>
    /// <exception cref="FlacFrameException">
    /// The bytes are not a valid header, or the format of the frame differs from the format of the stream.
    /// </exception>
    internal static FlacFrameHeader Parse(ReadOnlySpan<byte> bytes, FlacStreamInfo stream)
    {
        var bits = new FlacBits(bytes);
        var sync = bits.Read(16);
        if (!IsSync((byte)(sync >> 8), (byte)sync))
            throw new FlacFrameException("a FLAC frame should start here, but there is none");
        var blockCode = (int)bits.Read(4);
        var rateCode = (int)bits.Read(4);
        var assignment = (int)bits.Read(4);
        var widthCode = (int)bits.Read(3);
        var isReserved = bits.Read(1) == 1;
        var number = ReadNumber(ref bits);
        var blockSize = blockCode switch
        {
            1 => 192,
            6 => (int)bits.Read(8) + 1,
            7 => (int)bits.Read(16) + 1,
            < 6 => 576 << (blockCode - 2),
            _ => 256 << (blockCode - 8),
        };
        var rate = rateCode switch
        {
            0 => stream.SampleRate,
            12 => (int)bits.Read(8) * 1000,
            13 => (int)bits.Read(16),
            14 => (int)bits.Read(16) * 10,
            15 => 0,
            _ => Rates[rateCode - 1],
        };
        var width = Widths[widthCode] is var stated and not 0 ? stated : stream.BitsPerSample;
        var length = bits.Position;
        if (Crc8(bytes[..length]) != bits.Read(8))
            throw new FlacFrameException("the checksum of the FLAC frame's header is wrong");
        if (blockCode == 0 || assignment > MidSide || widthCode == 3 || isReserved || number is null)
            throw new FlacFrameException("the header of the FLAC frame is invalid");
        var header = new FlacFrameHeader(blockSize, assignment, (sync & 1) == 1, number.Value, length + 1);
        if ((rate, header.Channels, width) != (stream.SampleRate, stream.Channels, stream.BitsPerSample))
            throw new FlacFrameException(
                $"the FLAC frame has {header.Channels} channels of {width} bits at {rate} Hz, but the stream has "
                    + $"{stream.Channels} channels of {stream.BitsPerSample} bits at {stream.SampleRate} Hz"
            );
        return header;
    }

    /// <summary>Decodes a frame and checks its checksum.</summary>
    /// <param name="bytes">Bytes from the start of the frame.</param>
    /// <param name="bitsPerSample">Width of a sample in bits, at most 24.</param>
    /// <param name="channels">Receives <see cref="BlockSize"/> samples per channel.</param>
    /// <returns>The length of the frame in bytes.</returns>
    /// <exception cref="FlacFrameException">
    /// The frame is damaged, or the bytes end before the end of the frame.
    /// </exception>
    internal int Decode(ReadOnlySpan<byte> bytes, int bitsPerSample, int[][] channels)
    {
        var bits = new FlacBits(bytes[Length..]);
        for (var channel = 0; channel < Channels; channel++)
        {
            // The difference of two channels needs one more bit.
            var isSide = Assignment == SideRight ? channel == 0 : Assignment >= LeftSide && channel == 1;
            FlacSubframe.Decode(ref bits, bitsPerSample + (isSide ? 1 : 0), channels[channel].AsSpan(0, BlockSize));
        }
        bits.SkipToByte();
        var end = Length + bits.Position;
        if (Crc16(bytes[..end]) != bits.Read(16))
            throw new FlacFrameException("the checksum of the FLAC frame is wrong");
        if (Assignment >= LeftSide)
            Separate(channels[0].AsSpan(0, BlockSize), channels[1].AsSpan(0, BlockSize));
        return end + 2;
    }

    /// <summary>Computes the left and right channels from left and side, side and right, or mid and side.</summary>
    private void Separate(Span<int> first, Span<int> second)
    {
        if (Assignment == LeftSide)
            for (var i = 0; i < first.Length; i++)
                second[i] = first[i] - second[i];
        else if (Assignment == SideRight)
            for (var i = 0; i < first.Length; i++)
                first[i] += second[i];
        else
            for (var i = 0; i < first.Length; i++)
            {
                var (sum, side) = ((first[i] << 1) | (second[i] & 1), second[i]);
                (first[i], second[i]) = ((sum + side) >> 1, (sum - side) >> 1);
            }
    }

    // The number is stored like a character in UTF-8, but with up to 36 bits.
    private static long? ReadNumber(ref FlacBits bits)
    {
        var first = bits.Read(8);
        if (first < 0x80)
            return first;
        var ones = BitOperations.LeadingZeroCount(~(first << 24));
        if (ones is 1 or 8)
            return null;
        long number = first & ((1u << (7 - ones)) - 1);
        for (var i = 1; i < ones; i++)
        {
            var next = bits.Read(8);
            if ((next & 0xC0) != 0x80)
                return null;
            number = (number << 6) | (next & 0x3F);
        }
        return number;
    }

    private static ReadOnlySpan<int> Rates =>
        [88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

    private static ReadOnlySpan<int> Widths => [0, 8, 12, 0, 16, 20, 24, 32];

    private static readonly ushort[] table8 = Table(8, 0x07);
    private static readonly ushort[] table16 = Table(16, 0x8005);

    private static uint Crc8(ReadOnlySpan<byte> bytes)
    {
        var crc = 0;
        foreach (var b in bytes)
            crc = table8[crc ^ b];
        return (uint)crc;
    }

    private static uint Crc16(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0;
        foreach (var b in bytes)
            crc = (ushort)((crc << 8) ^ table16[(crc >> 8) ^ b]);
        return crc;
    }

    private static ushort[] Table(int width, int polynomial)
    {
        var table = new ushort[256];
        for (var value = 0; value < table.Length; value++)
        {
            var crc = value << (width - 8);
            for (var bit = 0; bit < 8; bit++)
                crc = (crc << 1) ^ ((crc >> (width - 1) & 1) * polynomial);
            table[value] = (ushort)(crc & ((1 << width) - 1));
        }
        return table;
    }
}
