using System.Buffers.Binary;
using NLayer;

namespace Sed.Core.Audio;

/// <summary>The header of an MPEG audio frame (ISO/IEC 11172-3 and 13818-3, section 2.4.1.3, and "MPEG 2.5").</summary>
internal readonly record struct MpegFrameHeader
{
    private static readonly int[][] kilobits =
    [
        [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448], // MPEG-1 layer I
        [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384], // MPEG-1 layer II
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], // MPEG-1 layer III
        [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256], // MPEG-2 layer I
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160], // MPEG-2 layers II and III
    ];

    private static readonly int[] sampleRates = [44_100, 48_000, 32_000];

    private readonly uint bits;

    private MpegFrameHeader(uint bits) => this.bits = bits;

    /// <summary>Length of a header in bytes.</summary>
    internal const int Bytes = 4;

    internal MpegVersion Version =>
        ((bits >> 19) & 3) switch
        {
            0 => MpegVersion.Version25,
            2 => MpegVersion.Version2,
            _ => MpegVersion.Version1,
        };

    internal MpegLayer Layer => (MpegLayer)(4 - ((bits >> 17) & 3));

    internal bool HasCrc => (bits & 0x1_0000) == 0;

    internal int BitRateIndex => (int)((bits >> 12) & 15);

    internal int SampleRateIndex => (int)((bits >> 10) & 3);

    internal MpegChannelMode ChannelMode => (MpegChannelMode)((bits >> 6) & 3);

    internal int ChannelModeExtension => (int)((bits >> 4) & 3);

    internal bool IsCopyrighted => (bits & 8) != 0;

    internal int Channels => ChannelMode == MpegChannelMode.Mono ? 1 : 2;

    internal int BitRate
    {
        get
        {
            var row =
                Version == MpegVersion.Version1 ? (int)Layer - 1
                : Layer == MpegLayer.LayerI ? 3
                : 4;
            return 1000 * kilobits[row][BitRateIndex - 1];
        }
    }

    internal int SampleRate =>
        sampleRates[SampleRateIndex]
        / (
            Version switch
            {
                MpegVersion.Version1 => 1,
                MpegVersion.Version2 => 2,
                _ => 4,
            }
        );

    /// <summary>Number of samples per channel in the frame.</summary>
    internal int SampleCount =>
        Layer == MpegLayer.LayerI ? 384
        : Layer == MpegLayer.LayerIII && Version != MpegVersion.Version1 ? 576
        : 1152;

    /// <summary>Length of the frame in bytes, including its header.</summary>
    internal int FrameLength
    {
        get
        {
            var padding = (int)((bits >> 9) & 1);
            return Layer == MpegLayer.LayerI
                ? ((12 * BitRate / SampleRate) + padding) * 4
                : (SampleCount / 8 * BitRate / SampleRate) + padding;
        }
    }

    /// <summary>Length of the side information of a layer III frame in bytes.</summary>
    internal int SideInformationBytes =>
        Version == MpegVersion.Version1 ? (Channels == 1 ? 17 : 32)
        : Channels == 1 ? 9
        : 17;

    /// <summary>Parses a header.</summary>
    /// <param name="bytes">Bytes from the possible start of a frame.</param>
    /// <param name="header">The header.</param>
    /// <returns>
    /// False if the bytes are not a frame header, or if the header states no bit rate (free format, which is not
    /// supported).
    /// </returns>
    internal static bool TryParse(ReadOnlySpan<byte> bytes, out MpegFrameHeader header)
    {
        header = default;
        if (bytes.Length < Bytes)
            return false;
        var bits = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var isHeader =
            bits >> 21 == 0x7FF // synchronisation
            && ((bits >> 19) & 3) != 1 // reserved version
            && ((bits >> 17) & 3) != 0 // reserved layer
            && ((bits >> 12) & 15) is not (0 or 15) // free format, reserved bit rate
            && ((bits >> 10) & 3) != 3 // reserved sample rate
            && (bits & 3) != 2; // reserved emphasis
        if (isHeader)
            header = new MpegFrameHeader(bits);
        return isHeader;
    }

    /// <summary>Whether two frames can belong to the same stream: equal version, layer and sample rate.</summary>
    internal bool IsCompatibleWith(MpegFrameHeader other) =>
        (Version, Layer, SampleRateIndex) == (other.Version, other.Layer, other.SampleRateIndex);
}

/// <summary>Adapts a frame to NLayer's decoder.</summary>
internal sealed class MpegFrame : IMpegFrame
{
    private byte[] data = [];
    private int position;
    private int bucketBits;
    private ulong bucket;

    internal MpegFrameHeader Header { get; private set; }

    public int SampleRate => Header.SampleRate;

    public int SampleRateIndex => Header.SampleRateIndex;

    public int FrameLength => Header.FrameLength;

    public int BitRate => Header.BitRate;

    public MpegVersion Version => Header.Version;

    public MpegLayer Layer => Header.Layer;

    public MpegChannelMode ChannelMode => Header.ChannelMode;

    public int ChannelModeExtension => Header.ChannelModeExtension;

    public int SampleCount => Header.SampleCount;

    public int BitRateIndex => Header.BitRateIndex;

    public bool IsCopyrighted => Header.IsCopyrighted;

    public bool HasCrc => Header.HasCrc;

    public bool IsCorrupted => false;

    /// <summary>Replaces the content with the next frame.</summary>
    /// <param name="header">The parsed header.</param>
    /// <param name="frame">The bytes of the frame, including its header.</param>
    internal void Set(MpegFrameHeader header, ReadOnlySpan<byte> frame)
    {
        Header = header;
        if (data.Length < frame.Length)
            data = new byte[Math.Max(frame.Length, 2 * data.Length)];
        frame.CopyTo(data);
        Reset();
    }

    public void Reset()
    {
        position = MpegFrameHeader.Bytes + (Header.HasCrc ? 2 : 0);
        (bucket, bucketBits) = (0, 0);
    }

    public int ReadBits(int bitCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bitCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bitCount, 32);
        while (bucketBits < bitCount)
        {
            if (position >= Header.FrameLength)
                throw new EndOfStreamException("the frame is shorter than its content");
            bucket = (bucket << 8) | data[position++];
            bucketBits += 8;
        }
        bucketBits -= bitCount;
        return (int)((bucket >> bucketBits) & ((1UL << bitCount) - 1));
    }
}

/// <summary>
/// A Xing, Info or VBRI frame: the first frame of an MP3 file, which describes the file and contains no sound
/// (layout: the LAME project, "MP3 Info Tag").
/// </summary>
/// <param name="Frames">Number of frames that contain sound; null if unknown.</param>
/// <param name="Delay">Number of samples that the encoder inserted before the sound; null if unknown.</param>
/// <param name="Padding">Number of samples that the encoder inserted after the sound; null if unknown.</param>
internal sealed record MpegInfoFrame(uint? Frames, int? Delay, int? Padding)
{
    private const int VbriOffset = 36;

    /// <summary>Parses the first frame of a file.</summary>
    /// <param name="header">The header of the frame.</param>
    /// <param name="frame">The bytes of the frame, including its header.</param>
    /// <returns>
    /// What a Xing, Info or VBRI frame states about the file; null for any other frame, which contains sound.
    /// </returns>
    internal static MpegInfoFrame? Parse(MpegFrameHeader header, ReadOnlySpan<byte> frame)
    {
        if (header.Layer != MpegLayer.LayerIII)
            return null;
        if (frame.Length >= VbriOffset + 18 && frame[VbriOffset..].StartsWith("VBRI"u8))
            return new MpegInfoFrame(BinaryPrimitives.ReadUInt32BigEndian(frame[(VbriOffset + 14)..]), null, null);
        var at = MpegFrameHeader.Bytes + header.SideInformationBytes;
        if (frame.Length < at + 8 || !(frame[at..].StartsWith("Xing"u8) || frame[at..].StartsWith("Info"u8)))
            return null;
        var fields = BinaryPrimitives.ReadUInt32BigEndian(frame[(at + 4)..]);
        at += 8;
        uint? frames = null;
        if ((fields & 1) != 0 && frame.Length >= at + 4)
            frames = BinaryPrimitives.ReadUInt32BigEndian(frame[at..]);
        // Frames, bytes, table of contents and quality precede the encoder's part.
        at +=
            (int)((fields & 1) * 4) + (int)((fields & 2) * 2) + ((fields & 4) != 0 ? 100 : 0) + (int)((fields & 8) / 2);
        if (frame.Length < at + 24)
            return new MpegInfoFrame(frames, null, null);
        var encoder = frame[at..];
        if (!encoder.StartsWith("LAME"u8) && !encoder.StartsWith("Lavf"u8) && !encoder.StartsWith("Lavc"u8))
            return new MpegInfoFrame(frames, null, null);
        return new MpegInfoFrame(
            frames,
            (encoder[21] << 4) | (encoder[22] >> 4),
            ((encoder[22] & 15) << 8) | encoder[23]
        );
    }
}
