using Sed.Core.Corpora;
using Sed.Core.Runtime;

namespace Sed.Core.Features;

/// <summary>Order of the clips in an epoch: a pure function of the clips, the seed and the epoch.</summary>
public static class EpochOrder
{
    /// <summary>Each clip once, in random order.</summary>
    /// <param name="clips">Manifest indices.</param>
    /// <param name="seed">Seed of the training run.</param>
    /// <param name="epoch">Epoch number; each epoch has its own order.</param>
    public static int[] Shuffled(IReadOnlyList<int> clips, long seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(clips);
        int[] order = [.. clips];
        RandomSource.For(seed, "order", epoch).Shuffle(order);
        return order;
    }

    /// <summary>
    /// Class-balanced sampling. Each round draws one clip from every class, in random class order; each class cycles
    /// through its own clips and reshuffles them when they run out. Clips in which no class is present, but at least one is
    /// known to be absent, count as one more class; clips without any known label are not drawn. The result has as many
    /// entries as <paramref name="clips"/>.
    /// </summary>
    /// <param name="manifest">Source of the clips' tags.</param>
    /// <param name="clips">Manifest indices.</param>
    /// <param name="seed">Seed of the training run.</param>
    /// <param name="epoch">Epoch number; each epoch has its own order.</param>
    /// <exception cref="ArgumentException">None of the clips has a class.</exception>
    public static int[] Balanced(Manifest manifest, IReadOnlyList<int> clips, long seed, int epoch)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(clips);
        return Balanced(manifest, clips, i => manifest.Clips[i], seed, epoch);
    }

    /// <summary>
    /// Class-balanced sampling with substitute labels: each clip counts with the labels of another clip, for example of
    /// its whole recording.
    /// </summary>
    /// <param name="manifest">Source of the classes.</param>
    /// <param name="clips">Manifest indices.</param>
    /// <param name="labelled">Returns the clip whose labels are used for a manifest index.</param>
    /// <param name="seed">Seed of the training run.</param>
    /// <param name="epoch">Epoch number.</param>
    internal static int[] Balanced(
        Manifest manifest,
        IReadOnlyList<int> clips,
        Func<int, Clip> labelled,
        long seed,
        int epoch
    )
    {
        int[][] byClass =
        [
            .. manifest
                .Classes.Select(label => clips.Where(i => labelled(i).WeakLabels.Contains(label)).ToArray())
                .Append([.. clips.Where(i => IsEmpty(labelled(i), manifest.Classes.Count))])
                .Where(own => own.Length > 0),
        ];
        if (byClass.Length == 0 || clips.All(i => labelled(i).WeakLabels.Count == 0))
            throw new ArgumentException("None of the clips has a class to balance by.", nameof(clips));
        Random random = RandomSource.For(seed, "balanced order", epoch);
        var next = new int[byClass.Length];
        int[] turns = [.. Enumerable.Range(0, byClass.Length)];
        var order = new int[clips.Count];
        for (var i = 0; i < order.Length; i++)
        {
            // A new class order in each round, so that no class is favoured at batch boundaries.
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

    private static bool IsEmpty(Clip clip, int classes) =>
        clip.WeakLabels.Count == 0 && clip.UnknownLabels.Count < classes;
}
