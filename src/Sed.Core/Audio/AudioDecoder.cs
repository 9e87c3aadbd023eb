using System.Buffers;

namespace Sed.Core.Audio;

/// <summary>Decodes one file from its start to its end, channels averaged. One thread at a time.</summary>
internal interface IAudioDecoder : IDisposable
{
    /// <summary>Samples per second (Hz).</summary>
    int SampleRate { get; }

    /// <summary>Number of channels in the file.</summary>
    int Channels { get; }

    /// <summary>Number of samples per channel; null if it is known only after decoding.</summary>
    long? Frames { get; }

    /// <summary>What is wrong with the file although it can be decoded, a clause each; complete after the last sample.</summary>
    IReadOnlyList<string> Findings => [];

    /// <summary>Decodes the next samples.</summary>
    /// <param name="target">Receives samples; full scale is -1 to 1.</param>
    /// <returns>The number of samples, less than the target's length only at the end of the file.</returns>
    /// <exception cref="AudioFormatException">The file is damaged.</exception>
    int Read(Span<float> target);
}

/// <summary>Where a WAV or AIFF file stores its samples, checked against the length of the file.</summary>
/// <param name="Format">How samples are stored.</param>
/// <param name="SampleRate">Samples per second and channel (Hz).</param>
/// <param name="DataOffset">Position of the first sample in bytes from the start of the file.</param>
/// <param name="Frames">Number of samples per channel.</param>
internal sealed record PcmLayout(SampleFormat Format, int SampleRate, long DataOffset, long Frames)
{
    // No audio is recorded outside these rates (Hz), and resampling from them could exhaust memory.
    internal const int MinSampleRate = 1000;
    internal const int MaxSampleRate = 768_000;

    /// <summary>What is wrong with the header although the samples can be read, a clause each.</summary>
    internal IReadOnlyList<string> Findings { get; init; } = [];
}

/// <summary>Decodes the uncompressed samples of a WAV or AIFF file.</summary>
internal sealed class PcmDecoder(AudioBytes bytes, PcmLayout layout) : IAudioDecoder
{
    private const int BlockBytes = 1 << 16;
    private long next;

    public int SampleRate => layout.SampleRate;

    public int Channels => layout.Format.Channels;

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
                layout.Format.ToMono(stored, target.Slice(done, frames));
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

    public void Dispose() => bytes.Dispose();
}
