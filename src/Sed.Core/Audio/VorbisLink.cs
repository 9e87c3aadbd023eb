using System.Buffers.Binary;
using NVorbis;

namespace Sed.Core.Audio;

/// <summary>One Vorbis stream of a file. A file can contain a chain of several streams.</summary>
internal sealed class VorbisLink : IDisposable
{
    private const int IdentificationBytes = 30;

    private readonly AudioBytes bytes;
    private readonly OggPackets packets;
    private readonly StreamDecoder decoder;

    // Samples that are decoded before the first position is known. Samples from position 0 on are returned later.
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
    /// <param name="target">Buffer for a whole number of frames of interleaved samples.</param>
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
                $"the Ogg page states {end} samples, but only {position} can be decoded"
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
                $"the Vorbis header has invalid block sizes: 2^{shortBlock} and 2^{longBlock} samples"
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
