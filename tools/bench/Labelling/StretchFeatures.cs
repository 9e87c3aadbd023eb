using Sed.Core.Features;
using Sed.Core.Labelling.Embeddings;

namespace Sed.Bench;

/// <summary>The features of stretches in memory, padded to the same number of frames.</summary>
/// <param name="stretches">Features of each stretch, shape (its frames, bands).</param>
/// <param name="bands">Number of values per frame.</param>
internal sealed class StretchFeatures(IReadOnlyList<float[]> stretches, int bands) : IFeatureReader
{
    public int Count => stretches.Count;

    public int Frames { get; } = stretches.Max(own => own.Length) / bands;

    public int Bands => bands;

    public IReadOnlyList<BrokenClip> Broken => [];

    public void Read(ReadOnlySpan<int> clips, Span<float> destination)
    {
        var size = Frames * Bands;
        for (var i = 0; i < clips.Length; i++)
        {
            var target = destination.Slice(i * size, size);
            stretches[clips[i]].CopyTo(target);
            target[stretches[clips[i]].Length..].Clear();
        }
    }

    public int FramesWithSound(int clip) => stretches[clip].Length / bands;

    /// <summary>The mean vector of a stretch, scaled to length 1, as in <see cref="EmbeddedFolder"/>.</summary>
    public float[] VectorOf(int clip)
    {
        var mean = new float[bands];
        for (var at = 0; at < stretches[clip].Length; at++)
            mean[at % bands] += stretches[clip][at] / FramesWithSound(clip);
        return UnitVector.Of(mean);
    }
}
