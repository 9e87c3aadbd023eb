using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Events;

/// <summary>
/// Pairs reference and estimated events, file by file, and counts the pairs. Reuses its memory; not thread-safe.
/// </summary>
internal sealed class EventPairing(int classes, EventOptions options)
{
    /// <summary>Maximum number of agreeing pairs in one file; more could exhaust the memory.</summary>
    public const int MostPairs = 10_000_000;

    private readonly TimeIndex index = new(options);
    private readonly MaximumMatching matching = new();
    private readonly List<(int Reference, int Estimated)> edges = [];
    private readonly List<int> near = [];
    private int[] partners = [];
    private bool[] taken = [];

    /// <summary>Adds the counts of one file to the values of an <see cref="EventCounts"/>.</summary>
    /// <returns>The last offset of the reference, in seconds.</returns>
    public double Add(
        string name,
        ReadOnlySpan<CodedEvent> reference,
        ReadOnlySpan<CodedEvent> estimated,
        Span<long> values
    )
    {
        if (options.Order == EventOrder.ByTime)
        {
            reference = Sorted(reference);
            estimated = Sorted(estimated);
        }
        if (partners.Length < reference.Length)
            partners = new int[2 * reference.Length];
        if (taken.Length < estimated.Length)
            taken = new bool[2 * estimated.Length];
        partners.AsSpan(0, reference.Length).Fill(-1);
        taken.AsSpan(0, estimated.Length).Clear();
        index.Set(estimated);

        if (options.Matching == EventMatching.Optimal)
            PairOptimally(name, reference, estimated);
        else
            PairGreedily(reference, estimated);
        CountPairs(reference, estimated, values);
        values[3] += CountSubstitutions(reference, estimated);
        values[4]++;

        var last = 0.0;
        foreach (var sound in reference)
            last = Math.Max(last, sound.Offset);
        return last;
    }

    private static CodedEvent[] Sorted(ReadOnlySpan<CodedEvent> events)
    {
        var sorted = events.ToArray();
        Array.Sort(sorted, (a, b) => (a.Onset, a.Offset, a.Class).CompareTo((b.Onset, b.Offset, b.Class)));
        return sorted;
    }

    private void PairOptimally(string name, ReadOnlySpan<CodedEvent> reference, ReadOnlySpan<CodedEvent> estimated)
    {
        edges.Clear();
        for (var j = 0; j < reference.Length; j++)
        {
            near.Clear();
            foreach (var i in index.Near(reference[j]))
                if (estimated[i].Class == reference[j].Class && options.Agree(reference[j], estimated[i]))
                    near.Add(i);
            if (edges.Count + near.Count > MostPairs)
                throw new InvalidOperationException(
                    $"{name}: more than {MostPairs} pairs of a reference event and an estimated event agree. Are rows "
                        + "repeated?"
                );
            near.Sort();
            foreach (var i in near)
                edges.Add((j, i));
        }
        if (edges.Count == 0)
            return;
        matching.Find(reference.Length, estimated.Length, edges, partners);
        foreach (var i in partners.AsSpan(0, reference.Length))
            if (i >= 0)
                taken[i] = true;
    }

    private void PairGreedily(ReadOnlySpan<CodedEvent> reference, ReadOnlySpan<CodedEvent> estimated)
    {
        for (var j = 0; j < reference.Length; j++)
            partners[j] = TakeFirst(reference[j], estimated, sameLabel: true);
    }

    private static void CountPairs(Span<long> values, ReadOnlySpan<CodedEvent> events, int classes, int offset)
    {
        foreach (var sound in events)
            if (sound.Class < classes)
                values[EventCounts.Header + EventCounts.PerClass * sound.Class + offset]++;
    }

    private void CountPairs(ReadOnlySpan<CodedEvent> reference, ReadOnlySpan<CodedEvent> estimated, Span<long> values)
    {
        values[0] += reference.Length;
        values[1] += estimated.Length;
        CountPairs(values, estimated, classes, 1);
        CountPairs(values, reference, classes, 2);
        for (var j = 0; j < reference.Length; j++)
        {
            if (partners[j] < 0)
                continue;
            values[2]++;
            if (reference[j].Class >= classes)
                continue;
            var own = values.Slice(
                EventCounts.Header + EventCounts.PerClass * reference[j].Class,
                EventCounts.PerClass
            );
            own[0]++;
            own[1]--;
            own[2]--;
        }
    }

    private long CountSubstitutions(ReadOnlySpan<CodedEvent> reference, ReadOnlySpan<CodedEvent> estimated)
    {
        long count = 0;
        for (var j = 0; j < reference.Length; j++)
            if (partners[j] < 0 && TakeFirst(reference[j], estimated, sameLabel: false) >= 0)
                count++;
        return count;
    }

    /// <summary>
    /// Pairs a reference event with the first free estimated event, in order, that agrees in time. Returns the event's
    /// position, or -1.
    /// </summary>
    private int TakeFirst(in CodedEvent reference, ReadOnlySpan<CodedEvent> estimated, bool sameLabel)
    {
        var first = int.MaxValue;
        foreach (var i in index.Near(reference))
            if (
                i < first
                && !taken[i]
                && (!sameLabel || estimated[i].Class == reference.Class)
                && options.Agree(reference, estimated[i])
            )
                first = i;
        if (first == int.MaxValue)
            return -1;
        taken[first] = true;
        return first;
    }
}
