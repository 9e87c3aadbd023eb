using Sed.Core.Runtime;

namespace Sed.Core.Features;

/// <summary>
/// Extracts features whose frames depend only on the audio around them, from audio that arrives in pieces.
/// </summary>
internal sealed class FrameStream(FeatureSource definition, IFeatureExtractor extractor) : IFrameStream
{
    // Number of frames per parallel task.
    private const int FramesPerTask = 512;

    // The features of a frame depend on the samples of at most this many frames on each side.
    private readonly int context =
        (Math.Max(definition.SamplesBefore, definition.SamplesFrom) + definition.HopSamples - 1)
        / definition.HopSamples;

    private float[] buffer = [];
    private int count; // samples in the buffer
    private long start; // position of the buffer in the recording, in samples; a multiple of the hop

    /// <inheritdoc/>
    public long Extracted { get; private set; }

    /// <inheritdoc/>
    public int Context => context;

    /// <inheritdoc/>
    public float[] Push(ReadOnlySpan<float> piece, bool isLast)
    {
        if (buffer.Length < count + piece.Length)
            Array.Resize(ref buffer, count + piece.Length);
        piece.CopyTo(buffer.AsSpan(count));
        count += piece.Length;
        var hop = definition.HopSamples;
        var first = start / hop;
        // At the end of the recording, the feature definition determines the number of frames.
        var to = isLast ? first + definition.FramesOf(count) : (start + count) / hop - context;
        var from = Extracted;
        var frames = (int)Math.Max(0, to - from);
        var features = new float[frames * definition.Bands];
        var (samples, length) = (buffer, count);
        Workers.Run(
            (frames + FramesPerTask - 1) / FramesPerTask,
            task =>
            {
                var (begin, end) = (task * FramesPerTask, Math.Min(frames, (task + 1) * FramesPerTask));
                var before = Math.Max(first, from + begin - context);
                var last = isLast && end == frames ? length : (int)((from + end + context - first) * hop);
                var sound = samples.AsSpan((int)((before - first) * hop)..Math.Min(last, length));
                var extracted = definition.FramesOf(extractor, sound);
                var skipped = (int)(from + begin - before) * definition.Bands;
                extracted
                    .AsSpan(skipped, (end - begin) * definition.Bands)
                    .CopyTo(features.AsSpan(begin * definition.Bands));
            }
        );
        Extracted += frames;
        Discard(Math.Max(first, Extracted - context));
        return features;
    }

    private void Discard(long beforeFrame)
    {
        var discarded = (int)(beforeFrame * definition.HopSamples - start);
        buffer.AsSpan(discarded, count - discarded).CopyTo(buffer);
        count -= discarded;
        start += discarded;
    }
}
