using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Events;

/// <summary>
/// Computes how the event-based counts of one class in one file change as the threshold falls. Reuses its memory; not
/// thread-safe.
/// </summary>
internal sealed class CollarChanges(ScorePairs pairs, EventOptions options)
{
    private readonly DetectionTree tree = new();
    private readonly MaximumMatching matching = new();

    // Detections that agree with a reference event, and the scores at which each appears (+1) and disappears (-1).
    private readonly List<int> hits = [];
    private readonly List<(double Score, int Hit, int Change)> steps = [];
    private readonly List<(int Event, int Hit)> edges = [];

    /// <summary>Adds the changes of a class's counts in one file.</summary>
    public void Add(int file, int classIndex, ChangeList to)
    {
        var scores = pairs.Scores[file];
        var truths = pairs.EventsOf(file, classIndex);
        var known = pairs.KnownOf(file, classIndex);
        if (known.IsAlways)
            to.AddRuns(scores.Of(classIndex), file, double.NegativeInfinity);
        if (known.IsAlways && truths.IsEmpty)
            return;
        tree.Build(scores.Of(classIndex));
        FindHits(scores.Borders, truths);
        if (!known.IsAlways)
            AddScored(known, scores.Borders, file, to);
        steps.Sort((a, b) => b.Score.CompareTo(a.Score));
        var active = new bool[hits.Count];
        var found = 0;
        for (var k = 0; k < steps.Count; k++)
        {
            active[steps[k].Hit] = steps[k].Change > 0;
            if (k + 1 < steps.Count && steps[k + 1].Score == steps[k].Score)
                continue;
            var now = Pair(active, scores.Borders, truths);
            if (now != found)
            {
                // Every detection has been counted as a false positive.
                to.Add(steps[k].Score, file, Change.TruePositives, now - found);
                to.Add(steps[k].Score, file, Change.FalsePositives, found - now);
            }
            found = now;
        }
    }

    /// <summary>
    /// Adds each detection as a false positive. Detections that agree with no reference event are left out if less than
    /// half of their length is within annotated times.
    /// </summary>
    private void AddScored(KnownSpans known, ReadOnlySpan<double> borders, int file, ChangeList to)
    {
        var hit = 0;
        for (var k = 0; k < tree.Count; k++)
        {
            var agrees = hit < hits.Count && hits[hit] == k;
            if (agrees)
                hit++;
            else if (!known.ContainHalf(borders[tree.Starts[k]], borders[tree.Ends[k]]))
                continue;
            to.Add(tree.Scores[k], file, Change.FalsePositives, 1);
            if (tree.Parents[k] is var parent and >= 0)
                to.Add(tree.Scores[parent], file, Change.FalsePositives, -1);
        }
    }

    private void FindHits(ReadOnlySpan<double> borders, ReadOnlySpan<CodedEvent> truths)
    {
        hits.Clear();
        steps.Clear();
        for (var k = 0; k < tree.Count; k++)
        {
            var agrees = false;
            foreach (ref readonly var truth in truths)
                agrees |= Agree(borders[tree.Starts[k]], borders[tree.Ends[k]], truth);
            if (!agrees)
                continue;
            steps.Add((tree.Scores[k], hits.Count, 1));
            if (tree.Parents[k] is var parent and >= 0)
                steps.Add((tree.Scores[parent], hits.Count, -1));
            hits.Add(k);
        }
    }

    private int Pair(bool[] active, ReadOnlySpan<double> borders, ReadOnlySpan<CodedEvent> truths)
    {
        edges.Clear();
        for (var e = 0; e < truths.Length; e++)
        for (var h = 0; h < active.Length; h++)
            if (active[h] && Agree(borders[tree.Starts[hits[h]]], borders[tree.Ends[hits[h]]], truths[e]))
                edges.Add((e, h));
        if (edges.Count <= 1)
            return edges.Count;
        var partners = new int[truths.Length];
        matching.Find(truths.Length, active.Length, edges, partners);
        return partners.Count(partner => partner >= 0);
    }

    private bool Agree(double onset, double offset, in CodedEvent truth) =>
        Microseconds.Of(Math.Abs(onset - truth.Onset) - options.CollarSeconds) <= 0
        && Microseconds.Of(Math.Abs(offset - truth.Offset) - options.OffsetCollar(truth)) <= 0;
}
