using Sed.Core.Features;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>The features of a sound that comes in pieces: the same frames as those of the whole sound. One thread at a time.</summary>
internal sealed class FrameStream(FeatureSource definition, IFeatureExtractor extractor)
{
    // What a thread makes at once.
    private const int FramesOfPiece = 512;

    // Frames of sound around a frame, on either side, so that it does not see where a piece was cut.
    private readonly int context =
        (Math.Max(definition.SamplesBefore, definition.SamplesFrom) + definition.HopSamples - 1)
        / definition.HopSamples;

    private float[] held = [];
    private int count;
    private long start; // in the sound, of what is held: the first sample of a frame

    /// <summary>Frames made so far.</summary>
    public long Made { get; private set; }

    /// <summary>Frames of sound that have to follow a frame before it is made.</summary>
    public int Context => context;

    /// <summary>Takes the next samples.</summary>
    /// <param name="piece">Samples.</param>
    /// <param name="isLast">Whether the sound ends with them.</param>
    /// <returns>The frames that are known now, shape (frames, bands).</returns>
    public float[] Push(ReadOnlySpan<float> piece, bool isLast)
    {
        if (held.Length < count + piece.Length)
            Array.Resize(ref held, count + piece.Length);
        piece.CopyTo(held.AsSpan(count));
        count += piece.Length;
        var hop = definition.HopSamples;
        var received = start + count;
        var first = start / hop;
        // At the end the definition itself says how many frames there are.
        var to = isLast ? first + definition.FramesOf(count) : received / hop - context;
        var wanted = (int)Math.Max(0, to - Made);
        var made = new float[wanted * definition.Bands];
        var (sound, length) = (held, count);
        var from = Made;
        Workers.Run(
            (wanted + FramesOfPiece - 1) / FramesOfPiece,
            number =>
            {
                var (begin, end) = (number * FramesOfPiece, Math.Min(wanted, (number + 1) * FramesOfPiece));
                var before = Math.Max(first, from + begin - context);
                var last = isLast && end == wanted ? length : (int)((from + end + context - first) * hop);
                var own = sound.AsSpan((int)((before - first) * hop)..Math.Min(last, length));
                var frames = new float[definition.FramesOf(own.Length) * definition.Bands];
                extractor.Extract(own, frames);
                var skipped = (int)(from + begin - before) * definition.Bands;
                frames.AsSpan(skipped, (end - begin) * definition.Bands).CopyTo(made.AsSpan(begin * definition.Bands));
            }
        );
        Made += wanted;
        var keepFrom = Math.Max(first, Made - context);
        var gone = (int)((keepFrom - first) * hop);
        held.AsSpan(gone, count - gone).CopyTo(held);
        count -= gone;
        start = keepFrom * hop;
        return made;
    }
}
