using System.Buffers.Binary;
using NVorbis;
using NVorbis.Contracts;
using IPacketProvider = NVorbis.Contracts.IPacketProvider;

namespace Sed.Core.Audio;

/// <summary>
/// Decodes Ogg Vorbis with NVorbis. The granule positions of the pages give the exact length (Vorbis I specification,
/// section A.2). Chained streams are decoded as one sound.
/// </summary>
internal sealed class VorbisDecoder : IAudioDecoder
{
    /// <summary>
    /// Maximum number of channels. Encoders use several submaps for more than two channels, and NVorbis 0.10.5 then
    /// silences channels.
    /// </summary>
    internal const int MaxChannels = 2;

    private const int BlockFrames = 4096;

    private readonly AudioBytes bytes;
    private VorbisLink link;
    private float[] interleaved = [];
    private long delivered;

    /// <summary>Opens the first stream.</summary>
    /// <param name="bytes">A file for which <see cref="Matches"/> is true. The decoder disposes it.</param>
    internal VorbisDecoder(AudioBytes bytes)
    {
        this.bytes = bytes;
        link = new VorbisLink(bytes, 0);
    }

    public int SampleRate => link.SampleRate;

    public int Channels => link.Channels;

    public long? Frames => null;

    /// <summary>Whether a file contains Vorbis in Ogg and no multiplexed stream.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="channels">The number of channels.</param>
    internal static bool Matches(AudioBytes bytes, out int channels)
    {
        channels = 0;
        if (!bytes.Peek(0, 4).SequenceEqual("OggS"u8))
            return false;
        var first = OggPage.Read(bytes, 0);
        if (!bytes.Peek(first.BodyOffset, 7).SequenceEqual("\u0001vorbis"u8))
            return false;
        channels = bytes.Peek(first.BodyOffset, 12) is { Length: 12 } header ? header[11] : 0;
        // Multiplexed streams, such as sound and video, all start before the second page of any of them.
        var next = first.Offset + first.Length;
        var second = bytes.Peek(next, OggPage.HeaderBytes);
        return second.Length < OggPage.HeaderBytes || !second.StartsWith("OggS"u8) || (second[5] & 2) == 0;
    }

    public int Read(Span<float> target)
    {
        var count = 0;
        while (count < target.Length)
        {
            var wanted = Math.Min(target.Length - count, BlockFrames);
            if (interleaved.Length < BlockFrames * link.Channels)
                interleaved = new float[BlockFrames * link.Channels];
            var samples = link.Read(interleaved.AsSpan(0, wanted * link.Channels));
            SampleFormat.Average(samples, link.Channels, target.Slice(count, samples.Length / link.Channels));
            count += samples.Length / link.Channels;
            if (samples.IsEmpty && !NextLink())
                break;
        }
        delivered += count;
        if (delivered == 0 && target.Length > 0)
            throw new AudioFormatException(bytes.Path, null, "the file contains no samples");
        return count;
    }

    public void Dispose()
    {
        link.Dispose();
        bytes.Dispose();
    }

    private bool NextLink()
    {
        if (MetadataTags.IsEnd(bytes, link.End))
            return false;
        var rate = link.SampleRate;
        var at = link.End;
        link.Dispose();
        link = new VorbisLink(bytes, at);
        if (link.Channels > MaxChannels)
            throw new AudioFormatException(bytes.Path, at, $"a chained stream has {link.Channels} channels");
        if (link.SampleRate != rate)
            throw new AudioFormatException(
                bytes.Path,
                at,
                $"a chained stream at {link.SampleRate} Hz follows one at {rate} Hz; convert the file to one sample rate"
            );
        return true;
    }
}

/// <summary>One Vorbis stream of a file.</summary>
internal sealed class VorbisLink : IDisposable
{
    private const int IdentificationBytes = 30;

    private readonly AudioBytes bytes;
    private readonly OggPackets packets;
    private readonly StreamDecoder decoder;

    // Samples decoded before the first position is known. Most of them are returned later.
    private float[] held = [];
    private int heldTaken;
    private long position;
    private int positionTolerance;
    private bool isCut;

    /// <summary>Reads the headers of a stream.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="at">Position of the first page.</param>
    internal VorbisLink(AudioBytes bytes, long at)
    {
        this.bytes = bytes;
        packets = new OggPackets(bytes, at);
        (Channels, SampleRate) = ReadIdentification();
        decoder = Guarded(() => new StreamDecoder(new CheckedHeaders(packets, bytes.Path)) { ClipSamples = false });
        FindFirstPosition();
    }

    internal int Channels { get; }

    internal int SampleRate { get; }

    /// <summary>Position in the file after the last page. Valid once all samples have been read.</summary>
    internal long End => packets.Next;

    /// <summary>Decodes the next samples.</summary>
    /// <param name="target">Buffer for interleaved samples, a whole number of frames.</param>
    /// <returns>The samples decoded; empty only at the end of the stream.</returns>
    internal ReadOnlySpan<float> Read(Span<float> target)
    {
        int count;
        if (heldTaken < held.Length)
        {
            count = Math.Min(target.Length, held.Length - heldTaken);
            held.AsSpan(heldTaken, count).CopyTo(target);
            heldTaken += count;
        }
        else
            count = DecodeInto(target);
        // The granule position of the last page is the end of the sound. NVorbis decodes to the end of the block.
        var end = packets.Page.IsLast ? packets.Page.Granule : long.MaxValue;
        var kept = Math.Clamp(end - position, 0, count / Channels);
        position += count / Channels;
        if (count == 0 && end != long.MaxValue && position < end - (isCut ? positionTolerance : 0))
            throw AudioFormatException.Truncated(
                bytes.Path,
                packets.Page.Offset,
                $"the Ogg page states {end} samples, but {position} can be decoded"
            );
        return target[..(int)(kept * Channels)];
    }

    public void Dispose() => decoder.Dispose();

    private (int Channels, int SampleRate) ReadIdentification()
    {
        var packet = packets.PeekNextPacket() is OggPacket first ? first.Data : [];
        var at = packets.First.BodyOffset;
        if (packet.Length < IdentificationBytes || !packet.StartsWith("\u0001vorbis"u8))
            throw new AudioFormatException(bytes.Path, at, "the Ogg stream does not start with a Vorbis header");
        int channels = packet[11];
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(packet[12..]);
        var (shortBlock, longBlock) = (packet[28] & 15, packet[28] >> 4);
        if (BinaryPrimitives.ReadUInt32LittleEndian(packet[7..]) != 0)
            throw new AudioFormatException(bytes.Path, at + 7, "the Vorbis header states a version other than 0");
        if (channels == 0)
            throw new AudioFormatException(bytes.Path, at + 11, "the Vorbis header states 0 channels");
        if (rate is < PcmLayout.MinSampleRate or > PcmLayout.MaxSampleRate)
            throw new AudioFormatException(
                bytes.Path,
                at + 12,
                $"the Vorbis header states {rate} samples per second, which is not between {PcmLayout.MinSampleRate} and "
                    + $"{PcmLayout.MaxSampleRate}"
            );
        if (shortBlock is < 6 or > 13 || longBlock is < 6 or > 13 || shortBlock > longBlock)
            throw new AudioFormatException(
                bytes.Path,
                at + 28,
                $"the Vorbis header states blocks of 2^{shortBlock} and 2^{longBlock} samples"
            );
        positionTolerance = ((1 << longBlock) - (1 << shortBlock)) / 4;
        return (channels, (int)rate);
    }

    /// <summary>
    /// Decodes the samples of the first page, whose granule position determines the start of the stream.
    /// </summary>
    private void FindFirstPosition()
    {
        var samples = new List<float>();
        var block = new float[1024 * Channels];
        while (!packets.HasPosition)
        {
            var count = DecodeInto(block);
            samples.AddRange(block.AsSpan(0, count));
            if (count < block.Length)
                break;
        }
        held = [.. samples];
        var start = decoder.SamplePosition - (held.Length / Channels);
        // For a long block before a short one, NVorbis returns samples up to the slope; granule positions count to the
        // centre.
        if (packets.IsSinglePage || (start < 0 && start >= -positionTolerance))
            start = 0;
        else if (start != 0)
            isCut = true;
        // A stream cut out of a longer one may start with samples before position 0, which are dropped.
        if (start < 0)
            heldTaken = (int)Math.Min(-start * Channels, held.Length);
        position = Math.Max(0, start);
    }

    private int DecodeInto(Span<float> target)
    {
        try
        {
            return decoder.Read(target, 0, target.Length);
        }
        catch (Exception failure) when (IsDecodingFailure(failure))
        {
            throw Undecodable(failure);
        }
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (IsDecodingFailure(failure))
        {
            throw Undecodable(failure);
        }
    }

    // Exceptions that NVorbis throws for damaged headers and packets.
    private static bool IsDecodingFailure(Exception failure) =>
        failure
            is (IOException and not AudioFormatException)
                or InvalidDataException
                or ArgumentException
                or IndexOutOfRangeException
                or ArithmeticException
                or NullReferenceException
                or InvalidOperationException
                or InvalidCastException
                or OutOfMemoryException;

    private AudioFormatException Undecodable(Exception failure) =>
        new(
            bytes.Path,
            packets.Page.Offset,
            $"the Vorbis data of the Ogg page cannot be decoded ({failure.Message.TrimEnd('.', '!')})",
            failure
        );
}

/// <summary>
/// Passes packets on to NVorbis, which does not check the sizes in headers: replaces the comment header, which is not
/// needed, and checks the codebooks.
/// </summary>
internal sealed class CheckedHeaders(OggPackets packets, string path) : IPacketProvider
{
    private static readonly byte[] noComments = [3, .. "vorbis"u8, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    private int count;

    public bool CanSeek => false;

    public int StreamSerial => packets.StreamSerial;

    public IPacket? PeekNextPacket() => packets.PeekNextPacket();

    public IPacket? GetNextPacket()
    {
        var packet = packets.GetNextPacket() as OggPacket;
        count++;
        if (packet is null)
            return count > 3 ? null : throw Damaged("the Ogg stream ends inside its Vorbis headers");
        switch (count)
        {
            case 2 when packet.Data.StartsWith("\u0003vorbis"u8):
                return new OggPacket(noComments);
            case 3 when packet.Data.StartsWith("\u0005vorbis"u8):
                if (VorbisSetup.Problem(packet.Data) is { } problem)
                    throw Damaged(problem);
                return packet;
            case 2 or 3:
                throw Damaged($"Vorbis header {count} is missing");
            case > 3 when (packet.Data[0] & 1) != 0:
                throw Damaged("a Vorbis header stands between audio packets");
            default:
                return packet;
        }
    }

    public long SeekTo(long granulePos, int preRoll, GetPacketGranuleCount getPacketGranuleCount) =>
        throw new NotSupportedException();

    public long GetGranuleCount() => throw new NotSupportedException();

    private AudioFormatException Damaged(string cause) => new(path, packets.Page.Offset, cause);
}

/// <summary>
/// Checks the codebooks in the setup header of a Vorbis stream (Vorbis I specification, section 3.2.1).
/// </summary>
internal static class VorbisSetup
{
    private const int HeaderBits = 7 * 8;
    private const int SynchronisationPattern = 0x56_4342;
    private const long MaxBookValues = 1 << 24;

    /// <summary>The reason that the codebooks must not be decoded; null if they are valid.</summary>
    internal static string? Problem(ReadOnlySpan<byte> packet)
    {
        long at = HeaderBits;
        var books = Bits(packet, ref at, 8) + 1;
        long total = 0;
        for (var book = 0; book < books; book++)
        {
            if (Bits(packet, ref at, 24) != SynchronisationPattern)
                return $"Vorbis codebook {book} has no synchronisation pattern";
            var dimensions = Bits(packet, ref at, 16);
            var entries = Bits(packet, ref at, 24);
            total += dimensions * entries;
            if (dimensions == 0 || entries == 0 || total > MaxBookValues)
                return $"Vorbis codebook {book} states {entries} entries of {dimensions} values";
            if (Bits(packet, ref at, 1) == 1)
                SkipOrderedLengths(packet, ref at, entries);
            else
                SkipLengths(packet, ref at, entries);
            var lookup = Bits(packet, ref at, 4);
            if (lookup > 2)
                return $"Vorbis codebook {book} has a lookup of the unknown type {lookup}";
            if (lookup > 0)
            {
                at += 64; // minimum value and step
                var bits = Bits(packet, ref at, 4) + 1;
                at += 1 + (bits * (lookup == 1 ? LookupValues(entries, dimensions) : entries * dimensions));
            }
            if (at > 8L * packet.Length)
                return $"Vorbis codebook {book} exceeds the setup header";
        }
        return null;
    }

    private static void SkipOrderedLengths(ReadOnlySpan<byte> packet, ref long at, long entries)
    {
        at += 5;
        for (long assigned = 0; assigned < entries && at <= 8L * packet.Length; )
            assigned += Bits(
                packet,
                ref at,
                64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(entries - assigned))
            );
    }

    private static void SkipLengths(ReadOnlySpan<byte> packet, ref long at, long entries)
    {
        var isSparse = Bits(packet, ref at, 1) == 1;
        if (!isSparse)
            at += 5 * entries;
        else
            for (long entry = 0; entry < entries && at <= 8L * packet.Length; entry++)
                if (Bits(packet, ref at, 1) == 1)
                    at += 5;
    }

    // The largest integer whose power of the number of dimensions does not exceed the number of entries.
    private static long LookupValues(long entries, long dimensions)
    {
        var values = Math.Max(1, (long)Math.Pow(entries, 1.0 / dimensions) - 1);
        while (Math.Pow(values + 1, dimensions) <= entries)
            values++;
        return values;
    }

    private static long Bits(ReadOnlySpan<byte> packet, ref long at, int count)
    {
        long value = 0;
        for (var bit = 0; bit < count; bit++, at++)
            if (at < 8L * packet.Length)
                value |= (long)((packet[(int)(at / 8)] >> (int)(at % 8)) & 1) << bit;
        return value;
    }
}
