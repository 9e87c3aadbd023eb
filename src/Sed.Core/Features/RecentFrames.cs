namespace Sed.Core.Features;

/// <summary>
/// The most recent frames of a stream of samples. Frames that depend only on the audio around them are computed once.
/// For features that use windows (<see cref="FeatureSource.UsesWindows"/>), the frames of each requested window are
/// computed anew from the audio of that window, so that no later audio is needed. Not thread-safe.
/// </summary>
internal sealed class RecentFrames
{
    private readonly FeatureSource definition;
    private readonly IFeatureExtractor extractor;
    private readonly IFrameStream? stream; // null: computed for each window
    private readonly List<float> buffer = []; // features, or samples if they are computed for each window
    private long start; // first frame of the buffer
    private long samples; // number of samples received
    private bool isFinished;

    public RecentFrames(FeatureSource definition, IFeatureExtractor extractor)
    {
        (this.definition, this.extractor) = (definition, extractor);
        stream = definition.UsesWindows ? null : definition.Stream(extractor);
    }

    /// <summary>Number of frames of audio that must follow a frame before it can be extracted.</summary>
    public int Context => stream?.Context ?? 0;

    /// <summary>Number of frames that are available, from the start of the stream.</summary>
    public long Count =>
        stream?.Extracted
        ?? (isFinished ? FramesOf(samples) : Math.Min(samples / definition.HopSamples, FramesOf(samples)));

    /// <summary>
    /// Number of frames of audio of any length. <see cref="FeatureSource.FramesOf(int)"/> receives the end of the audio
    /// only, because long streams have more samples than fit its argument.
    /// </summary>
    private long FramesOf(long length)
    {
        var hop = definition.HopSamples;
        var kept = (definition.SamplesBefore + definition.SamplesFrom) / hop + 2;
        var skipped = Math.Max(0, length / hop - kept);
        return skipped + definition.FramesOf((int)(length - skipped * hop));
    }

    /// <summary>Adds the next samples.</summary>
    public void Push(ReadOnlySpan<float> piece, bool isLast)
    {
        samples += piece.Length;
        isFinished = isLast;
        if (stream is null)
            buffer.AddRange(piece);
        else
            buffer.AddRange(stream.Push(piece, isLast));
    }

    /// <summary>Returns the frames of a window and discards all frames before it.</summary>
    /// <param name="from">First frame; increases from call to call.</param>
    /// <param name="length">Number of frames.</param>
    /// <returns>
    /// The features, shape (length, bands), with zeros after the last available frame; and the number of available
    /// frames.
    /// </returns>
    public (float[] Frames, int Available) Window(long from, int length)
    {
        var perFrame = stream is null ? definition.HopSamples : definition.Bands;
        buffer.RemoveRange(0, (int)Math.Min(buffer.Count, (from - start) * perFrame));
        start = from;
        var window = new float[length * definition.Bands];
        var available = (int)Math.Min(Count - from, length);
        if (stream is not null)
            buffer.CopyTo(0, window, 0, available * definition.Bands);
        else if (available > 0)
        {
            // Frames that lie within the audio need samples after their hop.
            var missing = available - definition.FramesOf(available * definition.HopSamples);
            var end = Math.Min(buffer.Count, (available + missing) * definition.HopSamples);
            var frames = definition.FramesOf(extractor, buffer[..end].ToArray());
            available = Math.Min(available, frames.Length / definition.Bands);
            frames.AsSpan(0, available * definition.Bands).CopyTo(window);
        }
        return (window, available);
    }
}
