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
internal sealed class IntersectionChanges(ScorePairs pairs, PsdsOptions options, bool crossTriggers)
{
    private readonly DetectionTree tree = new();
    private readonly List<int> otherClasses = [];
    private readonly List<(double Score, double Covered)> coverage = [];
    private readonly bool?[] allFail = new bool?[pairs.Count];
    private KnownSpans known = KnownSpans.Always;
    private int[] changes = [];
    private int[] crossChanges = [];
    private double[] covered = [];

    /// <summary>Adds the changes of a class in one file.</summary>
    public void Add(int file, int classIndex, ChangeList to) => Add(file, classIndex, double.NegativeInfinity, to);

    /// <summary>Adds the changes of a class in one file at scores above a floor.</summary>
    public void Add(int file, int classIndex, double floor, ChangeList to)
    {
        var scores = pairs.Scores[file];
        var row = scores.Of(classIndex);
        var own = pairs.EventsOf(file, classIndex);
        otherClasses.Clear();
        if (crossTriggers)
            for (var k = 0; k < pairs.Classes.Count; k++)
                if (k != classIndex && pairs.EventsOf(file, k).Length > 0)
                    otherClasses.Add(k);

        known = pairs.KnownOf(file, classIndex);
        var allFalse = own.IsEmpty && known.IsAlways && AllFail(file);
        if (allFalse)
            to.AddRuns(row, file, floor);
        if (allFalse && otherClasses.Count == 0)
            return;
        tree.Build(row, floor);
        Prepare(own.Length);
        for (var k = 0; k < tree.Count; k++)
            AddDetection(k, scores.Borders, own, file, allFalse);
        Flush(own, file, to, allFalse);
    }

    /// <summary>
    /// Whether every detection is a false positive in a file without events of the class. False only if frames are so
    /// short that the detection tolerance rounds to 0 s.
    /// </summary>
    public bool AllFail(int file) =>
        allFail[file] ??= Microseconds.Of(options.DetectionTolerance * ShortestFrame(file)) > 0;

    private double ShortestFrame(int file)
    {
        var borders = pairs.Scores[file].Borders;
        var shortest = double.PositiveInfinity;
        for (var k = 1; k < borders.Length; k++)
            shortest = Math.Min(shortest, borders[k] - borders[k - 1]);
        return shortest;
    }

    private void Prepare(int events)
    {
        Clear(ref changes, tree.Count);
        Clear(ref crossChanges, tree.Count * otherClasses.Count);
        if (covered.Length < tree.Count * events)
            covered = new double[2 * tree.Count * events];
        covered.AsSpan(0, tree.Count * events).Clear();
    }

    private static void Clear(ref int[] array, int length)
    {
        if (array.Length < length)
            array = new int[2 * length];
        array.AsSpan(0, length).Clear();
    }

    private void AddDetection(int k, ReadOnlySpan<double> borders, ReadOnlySpan<CodedEvent> own, int file, bool fails)
    {
        var (onset, offset, parent) = (borders[tree.Starts[k]], borders[tree.Ends[k]], tree.Parents[k]);
        if (!fails)
        {
            var shared = 0.0;
            foreach (ref readonly var truth in own)
                shared += Shared(onset, offset, truth);
            if (Microseconds.Of(shared) >= Microseconds.Of(options.DetectionTolerance * (offset - onset)))
            {
                for (var e = 0; e < own.Length; e++)
                    if (Shared(onset, offset, own[e]) is var part and > 0)
                    {
                        covered[e * tree.Count + k] += part;
                        if (parent >= 0)
                            covered[e * tree.Count + parent] -= part;
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
        for (var e = 0; e < own.Length; e++)
            AddFound(own[e], covered.AsSpan(e * tree.Count, tree.Count), file, to);
    }

    /// <summary>
    /// Adds a change at each score where a reference event becomes a true positive or ceases to be one.
    /// </summary>
    private void AddFound(in CodedEvent truth, ReadOnlySpan<double> added, int file, ChangeList to)
    {
        coverage.Clear();
        var highest = double.NegativeInfinity;
        for (var k = 0; k < added.Length; k++)
        {
            highest = Math.Max(highest, tree.Scores[k]);
            if (added[k] != 0)
                coverage.Add((tree.Scores[k], added[k]));
        }
        // The entry is needed for a criterion of 0, with which an event is a true positive as soon as the file has a
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
