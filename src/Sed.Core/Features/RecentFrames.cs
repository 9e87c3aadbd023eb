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
        ?? (
            isFinished ? (samples + definition.HopSamples - 1) / definition.HopSamples : samples / definition.HopSamples
        );

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
            var audio = buffer[..Math.Min(buffer.Count, available * definition.HopSamples)].ToArray();
            var frames = new float[definition.FramesOf(audio.Length) * definition.Bands];
            extractor.Extract(audio, frames);
            frames.AsSpan(0, Math.Min(frames.Length, available * definition.Bands)).CopyTo(window);
        }
        return (window, available);
    }
}
