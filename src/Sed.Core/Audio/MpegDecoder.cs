using System.Reflection;
using NLayer;

namespace Sed.Core.Audio;

/// <summary>
/// Decodes MPEG audio, usually MP3, frame by frame with NLayer. The encoder delay and padding that a LAME tag states
/// are removed, so that events keep their times. Throws if there is a gap between frames, or if the file has fewer
/// frames than its header states.
/// </summary>
internal sealed class MpegDecoder : IAudioDecoder
{
    // Delay of every decoder in samples: 528, plus 1 of the synthesis filter bank.
    private const int DecoderDelay = 529;
    private const int MaxFrameSamples = 2304;

    // Number of frames that are decoded before a new position: a frame can use up to 511 bytes of the preceding frames,
    // and the filters overlap.
    private const int PrerollFrames = 40;

    private readonly AudioBytes bytes;
    private readonly MpegFrameHeader first;
    private readonly MpegInfoFrame? info;
    private readonly MpegFrameDecoder decoder = new();
    private readonly MpegFrame frame = new();
    private readonly float[] interleaved = new float[MaxFrameSamples];
    private readonly float[] mono = new float[MaxFrameSamples];
    private readonly long soundStart;
    private readonly long soundEnd = long.MaxValue;
    private readonly long paddingEnd = long.MaxValue;
    private long position;
    private long frames;
    private long decoded;
    private long sound;
    private int ready;
    private int taken;
    private bool hasPassed;

    /// <summary>Finds the first frame that contains sound. Nothing is decoded yet.</summary>
    /// <param name="bytes">A file for which <see cref="FindStart"/> finds a frame. The decoder disposes it.</param>
    internal MpegDecoder(AudioBytes bytes)
    {
        this.bytes = bytes;
        position =
            FindStart(bytes, out first)
            ?? throw new ArgumentException($"{bytes.Path} does not start with an MPEG frame.");
        Channels = first.Channels;
        info = MpegInfoFrame.Parse(first, bytes.Peek(position, first.FrameLength));
        if (info is null)
            return;
        position += first.FrameLength;
        if (info is not { Delay: { } delay, Padding: { } padding })
            return;
        soundStart = delay + DecoderDelay;
        if (info.Frames is { } count)
        {
            paddingEnd = count * (long)first.SampleCount;
            soundEnd = paddingEnd - padding + DecoderDelay;
        }
    }

    public int SampleRate => first.SampleRate;

    public int Channels { get; }

    public int? Channel { get; set; }

    public long? Frames => null;

    /// <summary>
    /// Whether NLayer decodes a stream correctly. NLayer splits the short blocks of layer III at 8 kHz at a wrong
    /// frequency.
    /// </summary>
    internal static bool IsSupported(MpegFrameHeader header) =>
        header is not { Layer: MpegLayer.LayerIII, SampleRate: 8000 };

    /// <summary>
    /// The position of the first frame, after ID3 tags and zeros; null if the content is not MPEG audio.
    /// </summary>
    internal static long? FindStart(AudioBytes bytes, out MpegFrameHeader header)
    {
        var at = MetadataTags.SkipLeading(bytes);
        if (!MpegFrameHeader.TryParse(bytes.Peek(at, MpegFrameHeader.Bytes), out header))
            return null;
        // A 32-bit header can occur by chance, so a second header or the end of the file must follow the frame.
        var next = at + header.FrameLength;
        if (next >= bytes.Length || MetadataTags.IsEnd(bytes, next))
            return at;
        return
            MpegFrameHeader.TryParse(bytes.Peek(next, MpegFrameHeader.Bytes), out var second)
            && second.IsCompatibleWith(header)
            ? at
            : null;
    }

    public int Read(Span<float> target)
    {
        var count = 0;
        while (count < target.Length)
        {
            if (taken == ready && !DecodeFrame())
                break;
            var more = Math.Min(target.Length - count, ready - taken);
            mono.AsSpan(taken, more).CopyTo(target[count..]);
            (count, taken) = (count + more, taken + more);
        }
        return count;
    }

    /// <summary>Skips samples. Only the last frames before the new position are decoded.</summary>
    public void Skip(long count)
    {
        for (var rest = count; rest > 0; )
        {
            if (taken == ready && !DecodeFrame(isPassed: rest > (long)PrerollFrames * first.SampleCount))
                return;
            var more = (int)Math.Min(rest, ready - taken);
            (taken, rest) = (taken + more, rest - more);
        }
    }

    public void Dispose() => bytes.Dispose();

    /// <summary>Decodes frames until one contains sound.</summary>
    /// <param name="isPassed">Whether the samples are not needed, so that the frames are read but not decoded.</param>
    /// <returns>False at the end of the file.</returns>
    private bool DecodeFrame(bool isPassed = false)
    {
        (taken, ready) = (0, 0);
        if (hasPassed && !isPassed)
            decoder.Reset();
        hasPassed = isPassed;
        while (taken == ready)
        {
            if (MetadataTags.IsEnd(bytes, position))
            {
                RequireWhole();
                return false;
            }
            position = MetadataTags.SkipId3(bytes, position); // tag of an appended file
            var header = NextHeader();
            frame.Set(header, bytes.Peek(position, header.FrameLength));
            if (frames == 0 && header.Layer == MpegLayer.LayerIII)
                CompleteWindowTable(header);
            var samples = isPassed ? header.SampleCount : Decode(header) / header.Channels;
            if (!isPassed)
                SampleFormat.Average(
                    interleaved.AsSpan(0, samples * header.Channels),
                    header.Channels,
                    mono.AsSpan(0, samples),
                    header.Channels == Channels ? Channel : null
                );
            Trim(samples);
            position += header.FrameLength;
            frames++;
        }
        return true;
    }

    private MpegFrameHeader NextHeader()
    {
        if (!MpegFrameHeader.TryParse(bytes.Peek(position, MpegFrameHeader.Bytes), out var header))
        {
            if (bytes.Length - position < MpegFrameHeader.Bytes)
                throw Cut(bytes.Length - position);
            throw new AudioFormatException(
                bytes.Path,
                position,
                $"an MPEG frame is followed by '{AudioBytes.Printable(bytes.Peek(position, 8))}', which is neither a frame nor a tag"
            );
        }
        if (!header.IsCompatibleWith(first))
            throw new AudioFormatException(
                bytes.Path,
                position,
                $"the MPEG frame is {Name(header)}, but the first frame is {Name(first)}"
            );
        if (position + header.FrameLength > bytes.Length)
            throw Cut(header.FrameLength);
        return header;
    }

    private static string Name(MpegFrameHeader header) =>
        $"{header.Version} {header.Layer} at {header.SampleRate} Hz"
            .Replace("Version", "MPEG-")
            .Replace("Layer", "layer ");

    private AudioFormatException Cut(long frameBytes) =>
        AudioFormatException.Truncated(
            bytes.Path,
            bytes.Length,
            $"the file ends inside the MPEG frame of {frameBytes} bytes that starts at byte {position}"
        );

    private int Decode(MpegFrameHeader header)
    {
        int samples;
        try
        {
            samples = decoder.DecodeFrame(frame, interleaved, 0);
        }
        catch (Exception failure)
            when (failure
                    is IOException
                        or InvalidDataException
                        or ArgumentException
                        or IndexOutOfRangeException
                        or ArithmeticException
                        or NullReferenceException
            )
        {
            throw new AudioFormatException(
                bytes.Path,
                position,
                $"the MPEG frame cannot be decoded ({failure.Message.TrimEnd('.', '!')})",
                failure
            );
        }
        var expected = header.SampleCount * header.Channels;
        if (samples > 0 && samples != expected)
            throw new AudioFormatException(
                bytes.Path,
                position,
                $"the MPEG frame decodes to {samples} samples, not {expected}"
            );
        if (samples == 0)
            interleaved.AsSpan(0, expected).Clear();
        return expected;
    }

    // NLayer 3.0.1 leaves out the last scale factor band when it assigns the frequencies of short blocks to their three
    // windows. The subblock gains of LAME's variable bit rates then corrupt the highest frequencies. NLayer creates the
    // table when it decodes the first frame, so this frame is decoded once before the table is completed and once more
    // with the complete table.
    private void CompleteWindowTable(MpegFrameHeader header)
    {
        const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;
        Decode(header);
        var layer = decoder.GetType().GetField("_layerIIIDecoder", Private)?.GetValue(decoder);
        var windows = layer?.GetType().GetField("_cbwLookupS", Private)?.GetValue(layer) as byte[];
        var bands = layer?.GetType().GetField("_sfBandIndexS", Private)?.GetValue(layer) as int[];
        if (windows is { Length: 576 } && bands is { Length: 14 })
            for (var i = 3 * bands[12]; i < windows.Length; i++)
                windows[i] = (byte)((i - (3 * bands[12])) / (bands[13] - bands[12]));
        decoder.Reset();
    }

    /// <summary>Removes delay and padding from a decoded frame.</summary>
    private void Trim(int samples)
    {
        var start = Math.Clamp(soundStart - decoded, 0, samples);
        var end = Math.Clamp(soundEnd - decoded, 0, samples);
        if (decoded >= paddingEnd)
            end = samples; // the start of an appended file
        decoded += samples;
        (taken, ready) = ((int)start, (int)Math.Max(start, end));
        sound += ready - taken;
    }

    private void RequireWhole()
    {
        if (info?.Frames is { } stated && frames < stated)
            throw AudioFormatException.Truncated(
                bytes.Path,
                position,
                $"the file states {stated} MPEG frames, but contains {frames}"
            );
        if (sound == 0)
            throw new AudioFormatException(bytes.Path, position, "the file contains no samples");
    }
}

/// <summary>Tags before and after the frames of an audio file: ID3v1, ID3v2, APE and Lyrics3.</summary>
internal static class MetadataTags
{
    private const int Id3v2HeaderBytes = 10;
    private const int Id3v1Bytes = 128;
    private const int BlockBytes = 4096;

    /// <summary>The position after the ID3v2 tags and zero bytes at the start of a file.</summary>
    internal static long SkipLeading(AudioBytes bytes)
    {
        long at = 0;
        while (true)
        {
            var start = bytes.Peek(at, 3);
            if (start.StartsWith("ID3"u8))
                at = SkipId3(bytes, at);
            else if (start.StartsWith((byte)0))
                at = SkipZeros(bytes, at);
            else
                return at;
        }
    }

    /// <summary>Whether the file has only tags and zero bytes from a position on.</summary>
    internal static bool IsEnd(AudioBytes bytes, long at)
    {
        if (at >= bytes.Length)
            return true;
        var start = bytes.Peek(at, 11);
        // An ID3v1 tag is the last 128 bytes; APE and Lyrics3 tags come before it or at the end.
        return (start.StartsWith("TAG"u8) && bytes.Length - at <= Id3v1Bytes)
            || start.StartsWith("APETAGEX"u8)
            || start.StartsWith("LYRICSBEGIN"u8)
            || (start.StartsWith("ID3"u8) && SkipId3(bytes, at) >= bytes.Length)
            || (
                start[0] == 0
                && SkipZeros(bytes, at) is var end
                && end > at
                && (end >= bytes.Length || IsEnd(bytes, end))
            );
    }

    /// <summary>The position after an ID3v2 tag, or the given position if no tag starts there.</summary>
    internal static long SkipId3(AudioBytes bytes, long at)
    {
        var start = bytes.Peek(at, Id3v2HeaderBytes);
        if (!start.StartsWith("ID3"u8))
            return at;
        if (start.Length < Id3v2HeaderBytes)
            return bytes.Length;
        // The size is stored with seven bits per byte. A footer repeats the header.
        var size = (start[6] << 21) | (start[7] << 14) | (start[8] << 7) | start[9];
        return at + Id3v2HeaderBytes + size + ((start[5] & 0x10) != 0 ? Id3v2HeaderBytes : 0);
    }

    private static long SkipZeros(AudioBytes bytes, long at)
    {
        while (at < bytes.Length)
        {
            var block = bytes.Peek(at, BlockBytes);
            var zeros = block.IndexOfAnyExcept((byte)0);
            if (zeros >= 0)
                return at + zeros;
            at += block.Length;
        }
        return at;
    }
}
