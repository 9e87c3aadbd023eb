using Sed.Core.Training.Targets;

namespace Sed.Core.Training.Augmentations;

/// <summary>Random partners of the clips of a batch, for augmentations that combine clips.</summary>
internal static class Partners
{
    /// <summary>
    /// Groups clips by their kind of labels, in ascending order of the kinds. Clips that must not be combined are in no
    /// group.
    /// </summary>
    /// <param name="clips">Number of clips.</param>
    /// <param name="targets">Targets of the batch.</param>
    public static IReadOnlyList<long[]> Groups(int clips, BatchTargets targets) =>
        Groups(clips, targets.Kinds, targets.Combined);

    /// <summary>Groups the clips by their kind of labels, in ascending order of the kinds.</summary>
    /// <param name="clips">Number of clips.</param>
    /// <param name="kinds">The kind of labels of each clip; null: all clips have the same kind.</param>
    /// <param name="combined">
    /// Whether each clip may be combined; other clips are in no group. Null: all clips may be combined.
    /// </param>
    public static IReadOnlyList<long[]> Groups(int clips, int[]? kinds, bool[]? combined = null) =>
        [
            .. Enumerable
                .Range(0, clips)
                .Where(clip => combined?[clip] != false)
                .GroupBy(clip => kinds?[clip] ?? 0, clip => (long)clip)
                .OrderBy(group => group.Key)
                .Select(group => group.ToArray()),
        ];

    /// <summary>
    /// Draws the partner of each clip: a random permutation of the clips within each group. A clip can be its own
    /// partner. A clip that is in no group is always its own partner.
    /// </summary>
    /// <param name="groups">The clips of each group, as positions in the batch.</param>
    /// <param name="clips">Number of clips.</param>
    /// <param name="draw">Random generator.</param>
    public static long[] Of(IReadOnlyList<long[]> groups, int clips, Random draw)
    {
        long[] partners = [.. Enumerable.Range(0, clips).Select(clip => (long)clip)];
        foreach (var group in groups)
        {
            long[] shuffled = [.. group];
            draw.Shuffle(shuffled);
            for (var i = 0; i < group.Length; i++)
                partners[group[i]] = shuffled[i];
        }
        return partners;
    }
}
