namespace Sed.Core.Labelling.Embeddings;

/// <summary>
/// Cuts the frames of a recording, which arrive in pieces, into the frames of its stretches (<see cref="Stretch.Divide"/>).
/// Keeps the frames of about three stretches in memory. Not thread-safe.
/// </summary>
/// <param name="recording">Name of the recording.</param>
/// <param name="length">Length of a stretch in seconds.</param>
/// <param name="hopSeconds">Hop of the frames in seconds.</param>
/// <param name="width">Number of values per frame.</param>
/// <param name="handle">
/// Receives the stretches in temporal order, each with its frames: shape (frames, width), at least one frame.
/// </param>
internal sealed class StretchFrames(
    string recording,
    double length,
    double hopSeconds,
    int width,
    StretchFrames.Handler handle
)
{
    private readonly List<float> buffer = [];
    private long start; // first frame in the buffer
    private int next; // number of the next stretch

    /// <summary>Receives the frames of a stretch.</summary>
    internal delegate void Handler(Stretch stretch, ReadOnlySpan<float> frames);

    private long Received => start + buffer.Count / width;

    /// <summary>Adds the next frames.</summary>
    public void Add(ReadOnlySpan<float> frames)
    {
        buffer.AddRange(frames);
        // The last two stretches depend on the duration. The last frame can extend beyond the end of the recording.
        while ((Received - 1) * hopSeconds >= (next + 2) * length)
        {
            Handle(new Stretch(recording, next * length, (next + 1) * length));
            next++;
        }
    }

    /// <summary>Ends the recording.</summary>
    /// <param name="seconds">Duration of the recording in seconds, positive.</param>
    public void Finish(double seconds)
    {
        // A recording that is shorter than a frame can have no frames.
        if (Received == 0)
            buffer.AddRange(new float[width]);
        var stretches = Stretch.Divide(recording, seconds, length);
        for (var k = next; k < stretches.Count; k++)
            Handle(stretches[k], isLast: k == stretches.Count - 1);
    }

    private void Handle(Stretch stretch, bool isLast = false)
    {
        var first = Math.Clamp((long)Math.Round(stretch.Onset / hopSeconds), start, Received - 1);
        var end = isLast ? Received : Math.Clamp((long)Math.Round(stretch.Offset / hopSeconds), first + 1, Received);
        var frames = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(buffer);
        handle(stretch, frames[((int)(first - start) * width)..((int)(end - start) * width)]);
        // One frame stays in the buffer, because the times of the last stretch can be rounded to the end of the recording.
        var discarded = Math.Min(end, Received - 1) - start;
        buffer.RemoveRange(0, (int)discarded * width);
        start += discarded;
    }
}
