using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// Counts at every threshold, prepared once and evaluated for all clips or for resamples of them (sed_scores_eval
/// 0.0.4; Ebbers et al. 2022). Immutable.
/// </summary>
public sealed class CurveSweep
{
    private readonly ClassList classes;
    private readonly string counting;
    private readonly Change[][] changes; // for each class, by falling score
    private readonly int[][]? references; // for each class and clip; null if the lowest threshold finds them all

    /// <param name="classes">Classes, in the order of the changes.</param>
    /// <param name="counting">A description of the units that are counted.</param>
    /// <param name="changes">Changes of the counts of each class, by falling score.</param>
    /// <param name="references">
    /// Number of positives of the reference by class and clip; null if all of them are detected at the lowest
    /// threshold.
    /// </param>
    internal CurveSweep(ClassList classes, string counting, Change[][] changes, int[][]? references = null)
    {
        this.classes = classes;
        this.counting = counting;
        this.changes = changes;
        this.references = references;
    }

    /// <summary>The counts of every class at every threshold, for a weighted set of clips.</summary>
    /// <param name="weights">Number of times that each clip is counted, 0 or more.</param>
    public ThresholdCurves Of(ReadOnlySpan<int> weights)
    {
        var curves = ImmutableArray.CreateBuilder<ThresholdCurve>(classes.Count);
        for (var k = 0; k < classes.Count; k++)
        {
            var points = PointsOf(changes[k], weights);
            curves.Add(new ThresholdCurve(classes[k], points, ReferencesOf(k, weights) ?? points[^1].TruePositives));
        }
        return new ThresholdCurves(curves.MoveToImmutable(), counting);
    }

    /// <summary>Computes the points of a curve from changes sorted by falling score.</summary>
    internal static ImmutableArray<ThresholdPoint> PointsOf(ReadOnlySpan<Change> sorted, ReadOnlySpan<int> weights)
    {
        var points = ImmutableArray.CreateBuilder<ThresholdPoint>();
        points.Add(new ThresholdPoint(double.PositiveInfinity, 0, 0));
        for (var k = 0; k < sorted.Length; )
        {
            var first = sorted[k];
            var (found, wrong, counts) = (points[^1].TruePositives, points[^1].FalsePositives, false);
            for (; k < sorted.Length && sorted[k].Key == first.Key; k++)
            {
                var weight = weights[sorted[k].File];
                counts |= weight > 0;
                if (sorted[k].Kind == Change.TruePositives)
                    found += weight * sorted[k].Delta;
                else
                    wrong += weight * sorted[k].Delta;
            }
            if (counts)
                points.Add(new ThresholdPoint(first.Score, found, wrong));
        }
        return points.ToImmutable();
    }

    private long? ReferencesOf(int k, ReadOnlySpan<int> weights)
    {
        if (references is null)
            return null;
        long sum = 0;
        for (var clip = 0; clip < weights.Length; clip++)
            sum += (long)weights[clip] * references[k][clip];
        return sum;
    }
}

/// <summary>
/// Collects the counts at every threshold (sed_scores_eval 0.0.4; Ebbers et al. 2022). A detection is a maximal run of
/// frames whose scores exceed the threshold.
/// </summary>
internal static class CurveCounting
{
    /// <summary>Collects the changes of the counts of every class.</summary>
    /// <param name="pairs">Frame scores and reference.</param>
    /// <param name="counting">A description of the units that are counted.</param>
    /// <param name="add">Adds the changes of a file (first argument) and a class (second).</param>
    /// <param name="countEvents">
    /// Whether the number of positives in the reference is the number of events of a class. Default false: it is the
    /// number of true positives at the lowest threshold.
    /// </param>
    public static CurveSweep Sweep(
        ScorePairs pairs,
        string counting,
        Action<int, int, ChangeList> add,
        bool countEvents = false
    )
    {
        var changes = new Change[pairs.Classes.Count][];
        var references = new int[pairs.Classes.Count][];
        ChangeList list = new();
        ChangeList ofFile = new();
        for (var k = 0; k < pairs.Classes.Count; k++)
        {
            list.Clear();
            references[k] = new int[pairs.Count];
            for (var file = 0; file < pairs.Count; file++)
            {
                references[k][file] = pairs.EventsOf(file, k).Length;
                // As in sed_scores_eval, every peak and valley in a file without the class is a point of the curve,
                // even where the changes at one score cancel. The points matter because the best threshold lies
                // half-way between two of them.
                if (references[k][file] == 0)
                {
                    add(file, k, list);
                    continue;
                }
                ofFile.Clear();
                add(file, k, ofFile);
                Merge(ofFile, list);
            }
            list.Sort();
            changes[k] = list.Items.ToArray();
        }
        return new CurveSweep(pairs.Classes, counting, changes, countEvents ? references : null);
    }

    /// <summary>The counts of every class at every threshold, each file counted once.</summary>
    public static ThresholdCurves OfAll(this CurveSweep sweep, ScorePairs pairs) => sweep.Of(Once(pairs.Count));

    /// <summary>A weight of 1 for each clip.</summary>
    public static int[] Once(int clips)
    {
        var weights = new int[clips];
        Array.Fill(weights, 1);
        return weights;
    }

    /// <summary>Adds the changes of a file after summing the changes at equal scores. Sums of 0 are left out.</summary>
    private static void Merge(ChangeList ofFile, ChangeList to)
    {
        ofFile.Sort();
        var items = ofFile.Items;
        for (var k = 0; k < items.Length; )
        {
            var (first, found, wrong) = (k, 0, 0);
            for (; k < items.Length && items[k].Key == items[first].Key; k++)
                if (items[k].Kind == Change.TruePositives)
                    found += items[k].Delta;
                else
                    wrong += items[k].Delta;
            if (found != 0)
                to.Add(items[first].Key, items[first].File, Change.TruePositives, found);
            if (wrong != 0)
                to.Add(items[first].Key, items[first].File, Change.FalsePositives, wrong);
        }
    }
}
