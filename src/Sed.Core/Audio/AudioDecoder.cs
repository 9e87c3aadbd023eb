using System.Buffers;

namespace Sed.Core.Audio;

/// <summary>Decodes one file to mono, from start to end. Not thread-safe.</summary>
internal interface IAudioDecoder : IDisposable
{
    /// <summary>Samples per second (Hz).</summary>
    int SampleRate { get; }

    /// <summary>Number of channels in the file.</summary>
    int Channels { get; }

    /// <summary>The channel that is decoded, from 1; null (default) for the mean of all channels.</summary>
    int? Channel { get; set; }

    /// <summary>Number of samples per channel; null if it is known only after decoding.</summary>
    long? Frames { get; }

    /// <summary>
    /// Faults of the file that do not prevent decoding, each as a message fragment. The list is complete only after the
    /// last sample has been read.
    /// </summary>
    IReadOnlyList<string> Findings => [];

    /// <summary>Decodes the next samples.</summary>
    /// <param name="target">Receives samples; full scale is -1 to 1.</param>
    /// <returns>The number of samples; less than the target's length only at the end of the file.</returns>
    /// <exception cref="AudioFormatException">The file is damaged.</exception>
    int Read(Span<float> target);

    /// <summary>Skips samples. In formats without random access, they are decoded and discarded.</summary>
    /// <param name="count">Number of samples per channel, at most the number of remaining samples.</param>
    /// <exception cref="AudioFormatException">The file is damaged.</exception>
    void Skip(long count) => Discard(this, count);

    /// <summary>Decodes samples and discards them.</summary>
    internal static void Discard(IAudioDecoder decoder, long count)
    {
        var block = new float[1 << 13];
        for (var rest = count; rest > 0; )
        {
            var wanted = (int)Math.Min(rest, block.Length);
            if (decoder.Read(block.AsSpan(0, wanted)) < wanted)
                return;
            rest -= wanted;
        }
    }
}

/// <summary>Position and format of the samples in a WAV or AIFF file, checked against the length of the file.</summary>
/// <param name="Format">Encoding, width and channels of the samples.</param>
/// <param name="SampleRate">Samples per second and channel (Hz).</param>
/// <param name="DataOffset">Position of the first sample in bytes from the start of the file.</param>
/// <param name="Frames">Number of samples per channel.</param>
internal sealed record PcmLayout(SampleFormat Format, int SampleRate, long DataOffset, long Frames)
{
    // Limits of the sample rate (Hz). No audio is recorded at other rates, and resampling from them could exhaust
    // memory.
    internal const int MinSampleRate = 1000;
    internal const int MaxSampleRate = 768_000;

    /// <summary>Faults of the header that do not prevent reading the samples, each as a message fragment.</summary>
    internal IReadOnlyList<string> Findings { get; init; } = [];
}

/// <summary>Decodes the uncompressed samples of a WAV or AIFF file.</summary>
internal sealed class PcmDecoder(AudioBytes bytes, PcmLayout layout) : IAudioDecoder
{
    private const int BlockBytes = 1 << 16;
    private long next;

    public int SampleRate => layout.SampleRate;

    public int Channels => layout.Format.Channels;

    public int? Channel { get; set; }

    public long? Frames => layout.Frames;

    public IReadOnlyList<string> Findings => layout.Findings;

    public int Read(Span<float> target)
    {
        var frameBytes = layout.Format.FrameBytes;
        var count = (int)Math.Min(target.Length, layout.Frames - next);
        var framesPerBlock = Math.Max(1, BlockBytes / frameBytes);
        var block = ArrayPool<byte>.Shared.Rent(framesPerBlock * frameBytes);
        try
        {
            for (var done = 0; done < count; )
            {
                var frames = Math.Min(framesPerBlock, count - done);
                var stored = block.AsSpan(0, frames * frameBytes);
                bytes.ReadFully(layout.DataOffset + ((next + done) * frameBytes), stored);
                layout.Format.ToMono(stored, target.Slice(done, frames), Channel);
                done += frames;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        next += count;
        return count;
    }

    public void Skip(long count) => next = Math.Min(layout.Frames, next + count);

    public void Dispose() => bytes.Dispose();
}
