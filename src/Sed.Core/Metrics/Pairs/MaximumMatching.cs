namespace Sed.Core.Metrics.Pairs;

/// <summary>
/// Maximum bipartite matching (Hopcroft and Karp 1973). Nodes are visited in the same order as in sed_eval, so that
/// if several maximum matchings exist, the same events remain unpaired. Reuses its memory; not thread-safe.
/// </summary>
internal sealed class MaximumMatching
{
    private const int None = -1;
    private const int Free = -2; // predecessor of a left node without a partner, where paths begin
    private const int Used = -3; // predecessor of a left node that is on no path of this phase

    // Edges grouped by left node. Left nodes are numbered in order of first occurrence.
    private int leftCount;
    private int[] starts = [];
    private int[] edgeRight = [];
    private int[] edgeLeft = [];

    // For each right node: its partner, its layer (0 if not yet reached), and a linked list of the edges that reach it.
    private int rightCount;
    private int[] partner = [];
    private int[] layerOf = [];
    private int[] firstEdge = [];
    private int[] lastEdge = [];
    private int[] nextEdge = [];

    // For each left node: the right node before it on the paths of this phase, or Free or Used.
    private int[] before = [];

    private readonly List<int> layer = [];
    private readonly List<int> reached = [];
    private readonly List<int> ends = [];
    private readonly Stack<(int Right, int Edge)> path = [];

    /// <summary>Finds a maximum matching.</summary>
    /// <param name="rights">Number of nodes on the right side.</param>
    /// <param name="lefts">Number of nodes on the left side.</param>
    /// <param name="edges">The pairs of nodes that may be matched, ordered by right node, then by left node.</param>
    /// <param name="matched">Receives the partner of each right node, or -1.</param>
    public void Find(int rights, int lefts, List<(int Right, int Left)> edges, Span<int> matched)
    {
        var names = Build(rights, lefts, edges);
        MatchGreedily();
        while (FindPaths())
            foreach (var end in ends)
                Augment(end);
        for (var right = 0; right < rights; right++)
            matched[right] = partner[right] == None ? None : names[partner[right]];
    }

    private int[] Build(int rights, int lefts, List<(int Right, int Left)> edges)
    {
        (rightCount, leftCount) = (rights, 0);
        Ensure(ref partner, rights);
        Ensure(ref layerOf, rights);
        Ensure(ref firstEdge, rights);
        Ensure(ref lastEdge, rights);
        Ensure(ref starts, lefts + 1);
        Ensure(ref before, lefts);
        Ensure(ref edgeRight, edges.Count);
        Ensure(ref edgeLeft, edges.Count);
        Ensure(ref nextEdge, edges.Count);
        partner.AsSpan(0, rights).Fill(None);

        var (names, numbers, next) = (new int[lefts], new int[lefts], new int[lefts]);
        Array.Fill(numbers, None);
        foreach (var (_, left) in edges)
        {
            if (numbers[left] == None)
                (names[leftCount], numbers[left]) = (left, leftCount++);
            next[numbers[left]]++;
        }
        starts[0] = 0;
        for (var left = 0; left < leftCount; left++)
            (starts[left + 1], next[left]) = (starts[left] + next[left], starts[left]);
        foreach (var (right, left) in edges)
        {
            var edge = next[numbers[left]]++;
            (edgeRight[edge], edgeLeft[edge]) = (right, numbers[left]);
        }
        return names;
    }

    private static void Ensure(ref int[] array, int length)
    {
        if (array.Length < length)
            array = new int[Math.Max(length, 2 * array.Length)];
    }

    private void MatchGreedily()
    {
        for (var left = 0; left < leftCount; left++)
        for (var edge = starts[left]; edge < starts[left + 1]; edge++)
            if (partner[edgeRight[edge]] == None)
            {
                partner[edgeRight[edge]] = left;
                break;
            }
    }

    /// <summary>
    /// Finds the shortest alternating paths from free left nodes to free right nodes; false when there are none.
    /// </summary>
    private bool FindPaths()
    {
        before.AsSpan(0, leftCount).Fill(Free);
        for (var right = 0; right < rightCount; right++)
            if (partner[right] != None)
                before[partner[right]] = Used;
        layerOf.AsSpan(0, rightCount).Clear();
        layer.Clear();
        ends.Clear();
        for (var left = 0; left < leftCount; left++)
            if (before[left] == Free)
                layer.Add(left);
        for (var depth = 1; layer.Count > 0 && ends.Count == 0; depth++)
        {
            Reach(depth);
            layer.Clear();
            foreach (var right in reached)
                if (partner[right] == None)
                    ends.Add(right);
                else
                {
                    layer.Add(partner[right]);
                    before[partner[right]] = right;
                }
        }
        return ends.Count > 0;
    }

    /// <summary>
    /// Finds the right nodes that are adjacent to the current layer and were not reached before, with all edges from the
    /// layer to them.
    /// </summary>
    private void Reach(int depth)
    {
        reached.Clear();
        foreach (var left in layer)
            for (var edge = starts[left]; edge < starts[left + 1]; edge++)
            {
                var right = edgeRight[edge];
                nextEdge[edge] = None;
                if (layerOf[right] == 0)
                {
                    layerOf[right] = depth;
                    firstEdge[right] = edge;
                    reached.Add(right);
                }
                else if (layerOf[right] == depth)
                    nextEdge[lastEdge[right]] = edge;
                else
                    continue;
                lastEdge[right] = edge;
            }
    }

    /// <summary>
    /// Augments the matching along a path that ends at a free right node. Each node is tried once per phase.
    /// </summary>
    private void Augment(int end)
    {
        path.Clear();
        Enter(end);
        while (path.TryPop(out var here))
        {
            var edge = here.Edge;
            while (edge != None && before[edgeLeft[edge]] == Used)
                edge = nextEdge[edge];
            if (edge == None)
                continue; // a dead end: its predecessor, now on top of the stack, tries its next edge
            var left = edgeLeft[edge];
            var front = before[left];
            before[left] = Used;
            path.Push((here.Right, edge));
            if (front == Free)
            {
                while (path.TryPop(out var pair))
                    partner[pair.Right] = edgeLeft[pair.Edge];
                return;
            }
            Enter(front);
        }
    }

    private void Enter(int right)
    {
        if (layerOf[right] == 0)
            return;
        layerOf[right] = 0;
        path.Push((right, firstEdge[right]));
    }
}
