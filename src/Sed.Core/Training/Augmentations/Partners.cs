namespace Sed.Core.Training.Augmentations;

/// <summary>Random partners of the clips of a batch, for augmentations that combine clips.</summary>
internal static class Partners
{
    /// <summary>A random permutation of the clips within each kind of labels; a clip may be its own partner.</summary>
    /// <param name="clips">Number of clips.</param>
    /// <param name="kinds">The kind of labels of each clip; null: all clips have the same kind.</param>
    /// <param name="draw">Random generator.</param>
    public static long[] Of(long clips, int[]? kinds, Random draw)
    {
        var partners = new long[clips];
        long[] all = [.. Enumerable.Range(0, (int)clips).Select(clip => (long)clip)];
        foreach (var alike in all.GroupBy(clip => kinds?[clip] ?? 0).OrderBy(group => group.Key))
        {
            long[] own = [.. alike],
                shuffled = [.. alike];
            draw.Shuffle(shuffled);
            for (var i = 0; i < own.Length; i++)
                partners[own[i]] = shuffled[i];
        }
        return partners;
    }
}
