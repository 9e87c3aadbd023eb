using System.Buffers.Binary;
using NVorbis;

namespace Sed.Core.Audio;

/// <summary>The header of an Ogg page (RFC 3533, section 6).</summary>
/// <param name="Offset">Position of the page in the file.</param>
/// <param name="Granule">
/// Position of the end of the last packet that ends on the page, in samples; -1 if no packet ends on it.
/// </param>
/// <param name="Serial">Number of the logical stream.</param>
/// <param name="Sequence">Number of the page within its logical stream.</param>
/// <param name="Flags">1: continues a packet, 2: first page of the stream, 4: last page.</param>
/// <param name="Segments">Number of segments.</param>
/// <param name="Length">Length of the page in bytes, including its header.</param>
internal readonly record struct OggPage(
    long Offset,
    long Granule,
    uint Serial,
    uint Sequence,
    byte Flags,
    int Segments,
    int Length
)
{
    internal const int HeaderBytes = 27;

    private static readonly uint[] checksums = ChecksumTable();

    internal bool IsContinued => (Flags & 1) != 0;

    internal bool IsFirst => (Flags & 2) != 0;

    internal bool IsLast => (Flags & 4) != 0;

    internal long BodyOffset => Offset + HeaderBytes + Segments;

    /// <summary>Reads a page and verifies its checksum.</summary>
    /// <exception cref="AudioFormatException">The page is missing, truncated, or has a wrong checksum.</exception>
    internal static OggPage Read(AudioBytes bytes, long at)
    {
        var header = bytes.Peek(at, HeaderBytes);
        if (header.Length >= 4 && !header.StartsWith("OggS"u8))
            throw new AudioFormatException(
                bytes.Path,
                at,
                $"expected an Ogg page, found '{AudioBytes.Printable(header[..Math.Min(8, header.Length)])}'"
            );
        if (header.Length < HeaderBytes || bytes.Peek(at, HeaderBytes + header[26]).Length < HeaderBytes + header[26])
            throw Cut(bytes, at);
        if (header[4] != 0)
            throw new AudioFormatException(bytes.Path, at + 4, $"the Ogg page has version {header[4]} instead of 0");
        var segments = header[26];
        var length = HeaderBytes + segments;
        foreach (var segment in bytes.Peek(at, length)[HeaderBytes..])
            length += segment;
        var page = bytes.Peek(at, length);
        if (page.Length < length)
            throw Cut(bytes, at);
        if (Checksum(page) != BinaryPrimitives.ReadUInt32LittleEndian(page[22..]))
            throw new AudioFormatException(bytes.Path, at, "the checksum of the Ogg page is wrong");
        return new OggPage(
            at,
            BinaryPrimitives.ReadInt64LittleEndian(page[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(page[14..]),
            BinaryPrimitives.ReadUInt32LittleEndian(page[18..]),
            page[5],
            segments,
            length
        );
    }

    private static AudioFormatException Cut(AudioBytes bytes, long at) =>
        AudioFormatException.Truncated(
            bytes.Path,
            bytes.Length,
            $"the file ends inside the Ogg page that starts at byte {at}"
        );

    // CRC-32 with the polynomial 0x04C11DB7, not reflected, over the page with its checksum set to zero.
    private static uint Checksum(ReadOnlySpan<byte> page)
    {
        var value = Checksum(0, page[..22]);
        value = Checksum(value, [0, 0, 0, 0]);
        return Checksum(value, page[26..]);
    }

    // Processes four bytes at a time with four tables ("slicing by 4").
    private static uint Checksum(uint value, ReadOnlySpan<byte> bytes)
    {
        var i = 0;
        for (; i + 4 <= bytes.Length; i += 4)
        {
            value ^= BinaryPrimitives.ReadUInt32BigEndian(bytes[i..]);
            value =
                checksums[768 + (value >> 24)]
                ^ checksums[512 + ((value >> 16) & 255)]
                ^ checksums[256 + ((value >> 8) & 255)]
                ^ checksums[value & 255];
        }
        for (; i < bytes.Length; i++)
            value = (value << 8) ^ checksums[(value >> 24) ^ bytes[i]];
        return value;
    }

    private static uint[] ChecksumTable()
    {
        var table = new uint[1024];
        for (uint i = 0; i < 256; i++)
        {
            var value = i << 24;
            for (var bit = 0; bit < 8; bit++)
                value = (value << 1) ^ ((value >> 31) * 0x04C1_1DB7u);
            table[i] = value;
        }
        for (var i = 256; i < 1024; i++)
            table[i] = (table[i - 256] << 8) ^ table[table[i - 256] >> 24];
        return table;
    }
}

/// <summary>A packet in memory.</summary>
/// <param name="data">The bytes of the packet.</param>
internal sealed class OggPacket(byte[] data) : DataPacket
{
    private int next;

    internal ReadOnlySpan<byte> Data => data;

    protected override int TotalBits => 8 * data.Length;

    public override void Reset()
    {
        next = 0;
        base.Reset();
    }

    protected override int ReadNextByte() => next < data.Length ? data[next++] : -1;
}

/// <summary>
/// The packets of one logical stream. Checksums and page numbers are verified, so that missing parts of the stream are
/// detected.
/// </summary>
internal sealed class OggPackets : NVorbis.Contracts.IPacketProvider
{
    private const int HeaderPackets = 3;
    private const int MaxPacketBytes = 1 << 24;

    private readonly AudioBytes bytes;
    private readonly byte[] lengths = new byte[255];
    private OggPage page;
    private int segment;
    private int taken;
    private int count;
    private OggPacket? peeked;

    /// <summary>Reads the first page of a stream.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="at">Position of the first page.</param>
    internal OggPackets(AudioBytes bytes, long at)
    {
        this.bytes = bytes;
        First = OggPage.Read(bytes, at);
        if (!First.IsFirst)
            throw new AudioFormatException(bytes.Path, at, "a new Ogg stream does not start with its first page");
        Enter(First);
    }

    /// <summary>The first page.</summary>
    internal OggPage First { get; }

    /// <summary>The page from which the most recent packet was read.</summary>
    internal OggPage Page => page;

    /// <summary>Position of the page after the current one.</summary>
    internal long Next => page.Offset + page.Length;

    /// <summary>Whether an audio packet with a granule position has been read.</summary>
    internal bool HasPosition { get; private set; }

    /// <summary>Whether the first granule position after the headers is also the last one.</summary>
    internal bool IsSinglePage { get; private set; }

    public bool CanSeek => false;

    public int StreamSerial => unchecked((int)First.Serial);

    public NVorbis.Contracts.IPacket? PeekNextPacket() => peeked ??= ReadPacket();

    public NVorbis.Contracts.IPacket? GetNextPacket()
    {
        var packet = peeked ?? ReadPacket();
        peeked = null;
        return packet;
    }

    public long SeekTo(long granulePos, int preRoll, NVorbis.Contracts.GetPacketGranuleCount getPacketGranuleCount) =>
        throw new NotSupportedException();

    public long GetGranuleCount() => throw new NotSupportedException();

    /// <summary>The next packet that is not empty; null at the end of the stream.</summary>
    private OggPacket? ReadPacket()
    {
        byte[] data = [];
        var length = 0;
        while (true)
        {
            if (segment == page.Segments)
            {
                if (page.IsLast && length == 0)
                    return null;
                ReadPage(isInsidePacket: length > 0);
                continue;
            }
            var start = taken;
            var isComplete = false;
            while (segment < page.Segments && !isComplete)
            {
                isComplete = lengths[segment] < 255;
                taken += lengths[segment++];
            }
            if (length + taken - start > MaxPacketBytes)
                throw new AudioFormatException(
                    bytes.Path,
                    page.Offset,
                    $"an Ogg packet exceeds {MaxPacketBytes} bytes"
                );
            Array.Resize(ref data, length + taken - start);
            bytes.ReadFully(page.BodyOffset + start, data.AsSpan(length));
            length = data.Length;
            if (!isComplete || length == 0)
                continue;
            count++;
            var packet = new OggPacket(data);
            // The granule position belongs to the last packet that ends on the page.
            if (page.Granule >= 0 && !lengths.AsSpan(segment, page.Segments - segment).ContainsAnyExcept((byte)255))
            {
                packet.GranulePosition = page.Granule;
                if (count > HeaderPackets && !HasPosition)
                    (HasPosition, IsSinglePage) = (true, page.IsLast);
            }
            return packet;
        }
    }

    private void ReadPage(bool isInsidePacket)
    {
        if (Next >= bytes.Length || page.IsLast)
            throw AudioFormatException.Truncated(
                bytes.Path,
                Next,
                "the file ends before the last page of its Ogg stream"
            );
        var read = OggPage.Read(bytes, Next);
        if (read.Serial != page.Serial)
            throw new AudioFormatException(
                bytes.Path,
                read.Offset,
                "a page of another Ogg stream comes before the last page of this one"
            );
        if (read.Sequence != page.Sequence + 1)
            throw new AudioFormatException(
                bytes.Path,
                read.Offset,
                $"the Ogg pages are not consecutive: page {read.Sequence} follows page {page.Sequence}"
            );
        if (read.IsContinued != isInsidePacket)
            throw new AudioFormatException(
                bytes.Path,
                read.Offset,
                isInsidePacket ? "an Ogg packet is not continued" : "the start of an Ogg packet is missing"
            );
        Enter(read);
    }

    private void Enter(OggPage entered)
    {
        page = entered;
        (segment, taken) = (0, 0);
        bytes.Peek(page.Offset + OggPage.HeaderBytes, page.Segments).CopyTo(lengths);
    }
}
