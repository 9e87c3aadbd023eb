namespace Sed.Core.Runtime;

/// <summary>
/// Joins overlapping windows of a sequence of vectors: where windows overlap, their values are cross-faded linearly. Not
/// thread-safe.
/// </summary>
/// <param name="width">Number of values per vector.</param>
internal sealed class CrossFade(int width)
{
    private readonly List<float> pending = []; // vectors that the next window can still change

    /// <summary>Number of vectors returned so far.</summary>
    public long Finished { get; private set; }

    /// <summary>Adds the next window.</summary>
    /// <param name="first">
    /// Position of the window's first vector in the sequence. It increases from window to window, and there are no gaps
    /// between windows.
    /// </param>
    /// <param name="window">Vectors of the window, shape (vectors, width).</param>
    /// <returns>The vectors that later windows cannot change, shape (vectors, width).</returns>
    public float[] Add(long first, ReadOnlySpan<float> window)
    {
        var overlap = (int)(Finished + pending.Count / width - first);
        var at = (int)(first - Finished) * width;
        for (var k = 0; k < overlap; k++)
        {
            var weight = (k + 0.5f) / overlap;
            for (var i = 0; i < width; i++, at++)
                pending[at] = (1 - weight) * pending[at] + weight * window[k * width + i];
        }
        pending.AddRange(window[(overlap * width)..]);
        return Take((int)(first - Finished));
    }

    /// <summary>Returns the remaining vectors at the end of the sequence, shape (vectors, width).</summary>
    /// <param name="length">Length of the sequence in vectors.</param>
    public float[] Finish(long length) => Take((int)Math.Min(length - Finished, pending.Count / width));

    private float[] Take(int count)
    {
        var taken = pending.Take(count * width).ToArray();
        pending.RemoveRange(0, taken.Length);
        Finished += count;
        return taken;
    }
}
