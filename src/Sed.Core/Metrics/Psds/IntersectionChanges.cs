using System.Runtime.InteropServices;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// Changes of the intersection-based counts of one class in one file as the threshold falls (Ebbers et al. 2022). Each
/// detection is added at the score where it appears and subtracted where its parent in the <see cref="DetectionTree"/>
/// replaces it, so the running time does not depend on the number of thresholds. Reuses its memory; not thread-safe.
/// </summary>
/// <remarks>
/// As in sed_scores_eval, lengths are rounded to microseconds, so that rounding errors of sums do not decide a
/// criterion.
/// </remarks>
/// <param name="pairs">Frame scores and reference.</param>
/// <param name="options">The parameters of PSDS.</param>
/// <param name="crossTriggers">Whether cross-triggers are counted.</param>
/// <param name="rows">The scores after post-processing. Default: the scores of <paramref name="pairs"/>.</param>
internal sealed class IntersectionChanges(
    ScorePairs pairs,
    PsdsOptions options,
    bool crossTriggers,
    ScoreRows? rows = null
)
{
    private readonly ScoreRows rows = rows ?? new(pairs);
    private readonly DetectionTree tree = new();
    private readonly List<int> otherClasses = [];
    private readonly List<(double Score, double Covered)> coverage = [];
    private readonly List<Overlap> overlaps = [];
    private readonly List<int> touched = [];
    private KnownSpans known = KnownSpans.Always;
    private Overlap[] sorted = [];
    private int[] ends = [];
    private int[] changes = [];
    private int[] crossChanges = [];
    private double[] covered = []; // by detection, for one reference event at a time
    private double[] lastOffsets = []; // by reference event, the largest offset of it and the events before it

    /// <summary>Adds the changes of a class's counts in one file.</summary>
    public void Add(int file, int classIndex, ChangeList to) => Add(file, classIndex, double.NegativeInfinity, to);

    /// <summary>Adds the changes of a class's counts in one file at scores above a floor.</summary>
    public void Add(int file, int classIndex, double floor, ChangeList to)
    {
        var row = rows.Of(file, classIndex);
        var own = pairs.EventsOf(file, classIndex);
        otherClasses.Clear();
        if (crossTriggers)
            for (var k = 0; k < pairs.Classes.Count; k++)
                if (k != classIndex && pairs.EventsOf(file, k).Length > 0)
                    otherClasses.Add(k);

        known = pairs.KnownOf(file, classIndex);
        var allFalse = own.IsEmpty && known.IsAlways && AllFail(file, classIndex);
        if (allFalse)
            to.AddRuns(row.Scores, file, floor);
        if (allFalse && otherClasses.Count == 0)
            return;
        tree.Build(row.Scores, floor);
        Prepare(own);
        for (var k = 0; k < tree.Count; k++)
            AddDetection(k, row.Borders, own, file, allFalse);
        Flush(own, file, to, allFalse);
    }

    /// <summary>
    /// Whether all detections of a class in a file without events of the class count as false positives. This holds
    /// unless the detection tolerance (<see cref="PsdsOptions.DetectionTolerance"/>) times the length of the shortest
    /// frame rounds to 0 microseconds. In that case, even a detection without any overlap can meet the criterion.
    /// </summary>
    public bool AllFail(int file, int classIndex) =>
        Microseconds.Of(options.DetectionTolerance * rows.ShortestFrame(file, classIndex)) > 0;

    /// <summary>
    /// A change of the covered time of a reference event at the score at which a detection appears: plus the overlap of
    /// the detection with the event, or minus the overlap of a child that the detection replaces.
    /// </summary>
    private readonly record struct Overlap(int Event, int Detection, double Seconds);

    private void Prepare(ReadOnlySpan<CodedEvent> own)
    {
        Clear(ref changes, tree.Count);
        Clear(ref crossChanges, tree.Count * otherClasses.Count);
        if (covered.Length < tree.Count)
            covered = new double[2 * tree.Count];
        Clear(ref lastOffsets, own.Length);
        for (var e = 0; e < own.Length; e++)
            lastOffsets[e] = Math.Max(own[e].Offset, e > 0 ? lastOffsets[e - 1] : double.NegativeInfinity);
        overlaps.Clear();
    }

    private static void Clear<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            array = new T[2 * length];
        array.AsSpan(0, length).Clear();
    }

    /// <summary>The reference events that a detection can overlap. Events are ordered by onset.</summary>
    private Range Near(double onset, double offset, ReadOnlySpan<CodedEvent> own)
    {
        var (first, last) = (0, own.Length);
        while (first < last)
        {
            var middle = (first + last) / 2;
            if (lastOffsets[middle] > onset)
                last = middle;
            else
                first = middle + 1;
        }
        var end = first;
        while (end < own.Length && own[end].Onset < offset)
            end++;
        return first..end;
    }

    private void AddDetection(int k, ReadOnlySpan<double> borders, ReadOnlySpan<CodedEvent> own, int file, bool fails)
    {
        var (onset, offset, parent) = (borders[tree.Starts[k]], borders[tree.Ends[k]], tree.Parents[k]);
        if (!fails)
        {
            var shared = 0.0;
            var near = Near(onset, offset, own);
            foreach (ref readonly var truth in own[near])
                shared += Shared(onset, offset, truth);
            if (Microseconds.Of(shared) >= Microseconds.Of(options.DetectionTolerance * (offset - onset)))
            {
                for (var e = near.Start.Value; e < near.End.Value; e++)
                    if (Shared(onset, offset, own[e]) is var part and > 0)
                    {
                        overlaps.Add(new Overlap(e, k, part));
                        if (parent >= 0)
                            overlaps.Add(new Overlap(e, parent, -part));
                    }
                return;
            }
            // Less than half of the detection is annotated, so it is not known to be wrong.
            if (!known.ContainHalf(onset, offset))
                return;
            changes[k]++;
            if (parent >= 0)
                changes[parent]--;
        }
        for (var o = 0; o < otherClasses.Count; o++)
        {
            var shared = 0.0;
            foreach (ref readonly var truth in pairs.EventsOf(file, otherClasses[o]))
                shared += Shared(onset, offset, truth);
            if (Microseconds.Of(shared) < Microseconds.Of(options.CrossTriggerTolerance * (offset - onset)))
                continue;
            crossChanges[o * tree.Count + k]++;
            if (parent >= 0)
                crossChanges[o * tree.Count + parent]--;
        }
    }

    private static double Shared(double onset, double offset, in CodedEvent truth) =>
        Math.Max(Math.Min(offset, truth.Offset) - Math.Max(onset, truth.Onset), 0);

    private void Flush(ReadOnlySpan<CodedEvent> own, int file, ChangeList to, bool runsCounted)
    {
        for (var k = 0; k < tree.Count && !runsCounted; k++)
            if (changes[k] != 0)
                to.Add(tree.Scores[k], file, Change.FalsePositives, changes[k]);
        for (var o = 0; o < otherClasses.Count; o++)
        for (var k = 0; k < tree.Count; k++)
            if (crossChanges[o * tree.Count + k] is var delta and not 0)
                to.Add(tree.Scores[k], file, (short)(Change.CrossTriggers + otherClasses[o]), delta);
        if (own.IsEmpty)
            return;
        var highest = double.NegativeInfinity;
        for (var k = 0; k < tree.Count; k++)
            highest = Math.Max(highest, tree.Scores[k]);
        // Overlaps of an event stay in the order of the detections, so that sums do not depend on the other events.
        SortByEvent(own.Length);
        for (var e = 0; e < own.Length; e++)
            AddFound(own[e], sorted.AsSpan(ends[e], ends[e + 1] - ends[e]), highest, file, to);
    }

    /// <summary>
    /// Sorts the overlaps by event (stable counting sort). The overlaps of event e are then at the positions from
    /// ends[e] to ends[e + 1] - 1.
    /// </summary>
    private void SortByEvent(int events)
    {
        Clear(ref ends, events + 2);
        if (sorted.Length < overlaps.Count)
            sorted = new Overlap[2 * overlaps.Count];
        // Position e + 2 counts the overlaps of event e, so that the second pass turns starts into ends.
        foreach (ref readonly var overlap in CollectionsMarshal.AsSpan(overlaps))
            ends[overlap.Event + 2]++;
        for (var e = 2; e < events + 2; e++)
            ends[e] += ends[e - 1];
        foreach (ref readonly var overlap in CollectionsMarshal.AsSpan(overlaps))
            sorted[ends[overlap.Event + 1]++] = overlap;
    }

    /// <summary>
    /// Adds a change at each score where a reference event becomes a true positive or ceases to be one.
    /// </summary>
    private void AddFound(in CodedEvent truth, ReadOnlySpan<Overlap> own, double highest, int file, ChangeList to)
    {
        coverage.Clear();
        touched.Clear();
        foreach (ref readonly var overlap in own)
        {
            if (covered[overlap.Detection] == 0)
                touched.Add(overlap.Detection);
            covered[overlap.Detection] += overlap.Seconds;
        }
        touched.Sort();
        foreach (var k in touched)
        {
            if (covered[k] != 0)
                coverage.Add((tree.Scores[k], covered[k]));
            covered[k] = 0;
        }
        // This entry is needed if the criterion is 0: an event is then a true positive as soon as the file has a
        // detection.
        coverage.Add((highest, 0));
        coverage.Sort((a, b) => b.Score.CompareTo(a.Score));
        var needed = Microseconds.Of(options.GroundTruthIntersection * (truth.Offset - truth.Onset));
        var (sum, found) = (0.0, false);
        for (var k = 0; k < coverage.Count; k++)
        {
            sum += coverage[k].Covered;
            if (k + 1 < coverage.Count && coverage[k + 1].Score == coverage[k].Score)
                continue;
            var now = Microseconds.Of(sum) >= needed;
            if (now != found)
                to.Add(coverage[k].Score, file, Change.TruePositives, now ? 1 : -1);
            found = now;
        }
    }
}
