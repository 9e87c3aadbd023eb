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

    public int? Channel { get; set; }

    public long? Frames => null;

    /// <summary>Whether a file contains Ogg Vorbis without other multiplexed streams.</summary>
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
            SampleFormat.Average(samples, link.Channels, target.Slice(count, samples.Length / link.Channels), Channel);
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
            throw new AudioFormatException(
                bytes.Path,
                at,
                $"a chained stream has {link.Channels} channels, but at most {MaxChannels} are supported"
            );
        if (link.SampleRate != rate)
            throw new AudioFormatException(
                bytes.Path,
                at,
                $"a chained stream at {link.SampleRate} Hz follows one at {rate} Hz; convert the file to one sample rate"
            );
        return true;
    }
}
