using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>The features of a sound that comes in pieces: the same frames as those of the whole sound. One thread at a time.</summary>
internal sealed class FrameStream(FeatureDefinition definition, IFeatureExtractor extractor)
{
    // What a thread makes at once.
    private const int FramesOfPiece = 512;

    // Frames of sound around a frame, on either side, so that it does not see where a piece was cut.
    private readonly int context =
        (Math.Max(definition.SamplesBefore, definition.SamplesFrom) + definition.HopSamples - 1)
        / definition.HopSamples;

    private readonly List<float> held = [];
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
        held.AddRange(piece);
        var hop = definition.HopSamples;
        var received = start + held.Count;
        var first = start / hop;
        // At the end the definition itself says how many frames there are.
        var to = isLast ? first + definition.FramesOf(held.Count) : received / hop - context;
        var count = (int)Math.Max(0, to - Made);
        var made = new float[count * definition.Bands];
        var sound = held.ToArray();
        var from = Made;
        Workers.Run(
            (count + FramesOfPiece - 1) / FramesOfPiece,
            number =>
            {
                var (begin, end) = (number * FramesOfPiece, Math.Min(count, (number + 1) * FramesOfPiece));
                var before = Math.Max(first, from + begin - context);
                var last = isLast && end == count ? held.Count : (int)((from + end + context - first) * hop);
                var own = sound.AsSpan((int)((before - first) * hop)..Math.Min(last, sound.Length));
                var frames = new float[definition.FramesOf(own.Length) * definition.Bands];
                extractor.Extract(own, frames);
                var skipped = (int)(from + begin - before) * definition.Bands;
                frames.AsSpan(skipped, (end - begin) * definition.Bands).CopyTo(made.AsSpan(begin * definition.Bands));
            }
        );
        Made += count;
        var keepFrom = Math.Max(first, Made - context);
        held.RemoveRange(0, (int)((keepFrom - first) * hop));
        start = keepFrom * hop;
        return made;
    }
}
