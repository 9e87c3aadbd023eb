namespace Sed.Core.Labelling.Embeddings;

/// <summary>Keeps the best of the added hits, as ordered by <see cref="VectorHit"/>. Not thread-safe.</summary>
/// <param name="count">Maximum number of hits, at least 1.</param>
internal sealed class TopHits(int count)
{
    // The order is reversed, so that the worst kept hit is at the head of the priority queue.
    private static readonly Comparer<VectorHit> lastFirst = Comparer<VectorHit>.Create((a, b) => b.CompareTo(a));
    private readonly PriorityQueue<VectorHit, VectorHit> kept = new(lastFirst);

    /// <summary>The kept hits, in no particular order.</summary>
    public IEnumerable<VectorHit> Hits => kept.UnorderedItems.Select(item => item.Element);

    /// <summary>Whether <see cref="Add"/> would keep a hit.</summary>
    public bool WouldKeep(VectorHit hit) => kept.Count < count || hit.CompareTo(kept.Peek()) < 0;

    /// <summary>Adds a hit. If this exceeds the maximum number of hits, the worst hit is removed.</summary>
    public void Add(VectorHit hit)
    {
        if (kept.Count < count)
            kept.Enqueue(hit, hit);
        else if (WouldKeep(hit))
            kept.EnqueueDequeue(hit, hit);
    }
}
