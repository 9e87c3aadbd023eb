using Sed.Core.Corpora;
using Sed.Core.Runtime;

namespace Sed.Core.Features;

/// <summary>In which order clips are read in an epoch. Depends on the seed and the epoch alone, not on what ran before.</summary>
public static class EpochOrder
{
    /// <summary>Every clip once, shuffled.</summary>
    /// <param name="clips">Positions in the manifest.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    public static int[] Shuffled(IReadOnlyList<int> clips, long seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(clips);
        int[] order = [.. clips];
        RandomSource.For(seed, "order", epoch).Shuffle(order);
        return order;
    }

    /// <summary>
    /// As many clips as are given, each class as often as any other: classes take turns, and each goes through its own clips in
    /// a shuffled order, beginning again when they run out. Clips without a class are not drawn.
    /// </summary>
    /// <param name="manifest">The corpus.</param>
    /// <param name="clips">Positions in the manifest.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <exception cref="ArgumentException">None of the clips has a class.</exception>
    public static int[] Balanced(Manifest manifest, IReadOnlyList<int> clips, long seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(clips);
        int[][] byClass =
        [
            .. manifest
                .Classes.Select(label => clips.Where(i => manifest.Clips[i].WeakLabels.Contains(label)).ToArray())
                .Where(own => own.Length > 0),
        ];
        if (byClass.Length == 0)
            throw new ArgumentException("None of the clips has a class to balance by.", nameof(clips));
        Random random = RandomSource.For(seed, "balanced order", epoch);
        var next = new int[byClass.Length];
        int[] turns = [.. Enumerable.Range(0, byClass.Length)];
        var order = new int[clips.Count];
        for (var i = 0; i < order.Length; i++)
        {
            // The classes take turns in another order each round, so that a batch's end favours none.
            if (i % turns.Length == 0)
                random.Shuffle(turns);
            var turn = turns[i % turns.Length];
            var own = byClass[turn];
            if (next[turn] % own.Length == 0)
                random.Shuffle(own);
            order[i] = own[next[turn]++ % own.Length];
        }
        return order;
    }
}
