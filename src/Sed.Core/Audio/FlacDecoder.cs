using System.Buffers.Binary;

namespace Sed.Core.Audio;

/// <summary>
/// Decodes FLAC (RFC 9639) frame by frame. Throws if a checksum is wrong, if a frame is missing, or if the file has
/// fewer samples than its header states.
/// </summary>
internal sealed class FlacDecoder : IAudioDecoder
{
    /// <summary>The largest supported width of a sample in bits.</summary>
    internal const int MaxBitsPerSample = 24;

    private const int MarkerBytes = 4;
    private const int BlockHeaderBytes = 4;
    private const int StreamInfoBytes = 34;
    private const int MaxFrameBytes = 1 << 24; // the longest frame of the format
    private const int ScannedBytes = 4096;
    private const int SearchBytes = 1 << 16; // a new position is searched down to this number of bytes

    private readonly AudioBytes bytes;
    private readonly string[] skipped;
    private readonly FlacStreamInfo stream;
    private readonly int[][] channels;
    private readonly FlacFrameHeader first;
    private float[] mono = [];
    private byte[] longFrame = [];
    private long position; // in bytes
    private long decoded; // number of samples per channel up to the position
    private int ready;
    private int taken;

    /// <summary>Skips the metadata blocks and parses the header of the first frame.</summary>
    /// <param name="bytes">A file for which <see cref="Matches"/> is true. The decoder disposes it.</param>
    /// <param name="stream">The format of the file (<see cref="ReadStreamInfo"/>).</param>
    /// <param name="skipped">Findings about bytes before the stream marker.</param>
    /// <exception cref="AudioFormatException">The file is damaged.</exception>
    internal FlacDecoder(AudioBytes bytes, FlacStreamInfo stream, string[] skipped)
    {
        (this.bytes, this.stream) = (bytes, stream);
        Findings = this.skipped = skipped;
        channels = new int[stream.Channels][];
        Array.Fill(channels, []);
        position = FirstFrame(bytes);
        if (MetadataTags.IsEnd(bytes, position))
            throw stream.Frames == 0
                ? new AudioFormatException(bytes.Path, position, "the file contains no samples")
                : Truncated();
        first = Header(position);
    }

    public int SampleRate => stream.SampleRate;

    public int Channels => stream.Channels;

    public int? Channel { get; set; }

    public long? Frames => null;

    public IReadOnlyList<string> Findings { get; private set; }

    /// <summary>Whether a file starts with the stream marker of FLAC.</summary>
    internal static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith("fLaC"u8);

    /// <summary>Reads the format of a FLAC file.</summary>
    /// <exception cref="AudioFormatException">The file is damaged.</exception>
    internal static FlacStreamInfo ReadStreamInfo(AudioBytes bytes)
    {
        var start = bytes.Peek(MarkerBytes, BlockHeaderBytes + StreamInfoBytes);
        if (start.Length < BlockHeaderBytes + StreamInfoBytes)
            throw AudioFormatException.Truncated(bytes.Path, bytes.Length, "the file ends inside its FLAC header");
        if ((start[0] & 0x7F) != 0 || BlockLength(start) != StreamInfoBytes)
            throw new AudioFormatException(
                bytes.Path,
                MarkerBytes,
                "a FLAC file must start with a STREAMINFO block of 34 bytes, but this is a different block"
            );
        var sizes = start[BlockHeaderBytes..];
        // 20 bits sampling rate, 3 bits channels, 5 bits width, 36 bits number of samples.
        var format = BinaryPrimitives.ReadUInt64BigEndian(start[(BlockHeaderBytes + 10)..]);
        var info = new FlacStreamInfo(
            (int)(format >> 44),
            ((int)(format >> 41) & 7) + 1,
            ((int)(format >> 36) & 31) + 1,
            (long)(format & ((1UL << 36) - 1)),
            !sizes[..2].SequenceEqual(sizes[2..4])
        );
        if (info.SampleRate is < PcmLayout.MinSampleRate or > PcmLayout.MaxSampleRate)
            throw new AudioFormatException(
                bytes.Path,
                MarkerBytes + BlockHeaderBytes + 10,
                $"the FLAC header states {info.SampleRate} samples per second, which is not between "
                    + $"{PcmLayout.MinSampleRate} and {PcmLayout.MaxSampleRate}"
            );
        return info;
    }

    public int Read(Span<float> target)
    {
        var count = 0;
        while (count < target.Length && (taken < ready || DecodeFrame()))
        {
            var more = Math.Min(target.Length - count, ready - taken);
            mono.AsSpan(taken, more).CopyTo(target[count..]);
            (count, taken) = (count + more, taken + more);
        }
        return count;
    }

    /// <summary>Skips samples. The frame with the new position is found by bisection.</summary>
    public void Skip(long count)
    {
        var target = decoded - ready + taken + count;
        if (target > decoded)
        {
            Seek(target);
            (taken, ready) = (0, 0);
        }
        while (target > decoded)
            if (!DecodeFrame())
                return;
        taken = ready - (int)(decoded - target);
    }

    public void Dispose() => bytes.Dispose();

    private static int BlockLength(ReadOnlySpan<byte> header) => (header[1] << 16) | (header[2] << 8) | header[3];

    private static long FirstFrame(AudioBytes bytes)
    {
        long at = MarkerBytes;
        for (var isLast = false; !isLast; )
        {
            var header = bytes.Peek(at, BlockHeaderBytes);
            if (header.Length < BlockHeaderBytes)
                throw AudioFormatException.Truncated(bytes.Path, bytes.Length, "the file ends inside its FLAC header");
            isLast = header[0] >= 0x80;
            at += BlockHeaderBytes + BlockLength(header);
        }
        return at;
    }

    /// <summary>Moves to a frame that starts at or before a sample.</summary>
    private void Seek(long sample)
    {
        var (low, high) = (position, bytes.Length);
        while (high - low > SearchBytes)
        {
            var middle = low + ((high - low) / 2);
            if (Find(middle, high) is { } found && found.Sample <= sample)
                (low, position, decoded) = (found.At, found.At, found.Sample);
            else
                high = middle;
        }
    }

    /// <summary>Finds the first undamaged frame between two positions in the file.</summary>
    /// <returns>Position and first sample of the frame; null if no undamaged frame was found.</returns>
    private (long At, long Sample)? Find(long from, long to)
    {
        for (var at = from; at < to; at++)
        {
            var block = bytes.Peek(at, ScannedBytes);
            var mark = block.IndexOf((byte)0xFF);
            at += mark < 0 ? block.Length - 1 : mark;
            if (bytes.Peek(at, 2) is not [var sync, var rest] || !FlacFrameHeader.IsSync(sync, rest))
                continue;
            // The bytes of samples can look like a frame header, so the whole frame is checked.
            try
            {
                var header = Header(at);
                Decode(at, header);
                return (at, FirstSample(header));
            }
            catch (AudioFormatException) { }
        }
        return null;
    }

    /// <summary>Decodes the next frame.</summary>
    /// <returns>False at the end of the file.</returns>
    private bool DecodeFrame()
    {
        (taken, ready) = (0, 0);
        if (MetadataTags.IsEnd(bytes, position))
        {
            if (decoded < stream.Frames)
                throw Truncated();
            if (decoded > stream.Frames && stream.Frames > 0)
                Findings =
                [
                    .. skipped,
                    $"the FLAC header states {stream.Frames} samples, but the file contains {decoded}",
                ];
            return false;
        }
        var header = Header(position);
        if (FirstSample(header) is var sample && sample != decoded)
            throw new AudioFormatException(
                bytes.Path,
                position,
                $"the FLAC frame starts at sample {sample}, but the preceding frame ended at sample {decoded}"
            );
        position += Decode(position, header);
        decoded += header.BlockSize;
        ready = header.BlockSize;
        ToMono(header.BlockSize);
        return true;
    }

    /// <summary>Number of the first sample of a frame, counted from the first frame of the file.</summary>
    private long FirstSample(FlacFrameHeader header) =>
        (header.Number - first.Number) * (header.IsVariable || stream.IsVariable ? 1 : first.BlockSize);

    private FlacFrameHeader Header(long at)
    {
        try
        {
            return FlacFrameHeader.Parse(bytes.Peek(at, FlacFrameHeader.MaxLength), stream);
        }
        catch (FlacFrameException fault)
        {
            throw Fault(at, fault);
        }
    }

    /// <summary>Decodes the samples of a frame.</summary>
    /// <returns>The length of the frame in bytes.</returns>
    private int Decode(long at, FlacFrameHeader header)
    {
        if (channels[0].Length < header.BlockSize)
            for (var channel = 0; channel < channels.Length; channel++)
                channels[channel] = new int[header.BlockSize];
        // Nearly all frames have fewer bytes than their samples in PCM, but a frame can have more.
        for (var length = FrameBytes(header); ; length *= 2)
        {
            var frame = length <= AudioBytes.WindowBytes ? bytes.Peek(at, length) : LongFrame(at, length);
            try
            {
                return header.Decode(frame, stream.BitsPerSample, channels);
            }
            catch (FlacFrameException fault)
            {
                if (!fault.IsCut || frame.Length < length || length >= MaxFrameBytes)
                    throw Fault(at, fault);
            }
        }
    }

    private int FrameBytes(FlacFrameHeader header) =>
        (header.BlockSize * stream.Channels * ((stream.BitsPerSample / 8) + 1)) + 1024;

    private ReadOnlySpan<byte> LongFrame(long at, int length)
    {
        if (longFrame.Length < length)
            longFrame = new byte[length];
        return longFrame.AsSpan(0, bytes.ReadAt(at, longFrame.AsSpan(0, length)));
    }

    private void ToMono(int count)
    {
        if (mono.Length < count)
            mono = new float[count];
        var scale = 1.0 / (1 << (stream.BitsPerSample - 1));
        var target = mono.AsSpan(0, count);
        if (Channel is not null || channels.Length == 1)
        {
            var samples = channels[Channel - 1 ?? 0].AsSpan(0, count);
            for (var i = 0; i < count; i++)
                target[i] = (float)(samples[i] * scale);
        }
        else if (channels.Length == 2)
        {
            var left = channels[0].AsSpan(0, count);
            var right = channels[1].AsSpan(0, count);
            for (var i = 0; i < count; i++)
                target[i] = (float)((left[i] + right[i]) * (scale / 2));
        }
        else
            for (var i = 0; i < count; i++)
            {
                double sum = 0;
                foreach (var samples in channels)
                    sum += samples[i];
                target[i] = (float)(sum * scale / channels.Length);
            }
    }

    private AudioFormatException Fault(long at, FlacFrameException fault) =>
        fault.IsCut
            ? AudioFormatException.Truncated(bytes.Path, bytes.Length, $"{fault.Message} that starts at byte {at}")
            : new AudioFormatException(bytes.Path, at, fault.Message, fault);

    private AudioFormatException Truncated() =>
        AudioFormatException.Truncated(
            bytes.Path,
            position,
            $"the FLAC header states {stream.Frames} samples, but the file contains {decoded}"
        );
}
