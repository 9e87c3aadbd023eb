using System.Collections.Immutable;
using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// Counts at every decision threshold at once, as sed_scores_eval 0.0.4 does (Ebbers, Serizel and Haeb-Umbach, ICASSP 2022).
/// Detections are longest runs of frames whose score lies above the threshold.
/// </summary>
internal static class CurveCounting
{
    /// <summary>The curve of every class.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="counting">What is counted, in words.</param>
    /// <param name="add">Adds the changes of a file and a class.</param>
    /// <param name="references">The number of references of a class; null where it is what the lowest threshold finds.</param>
    public static ThresholdCurves Curves(
        ScorePairs pairs,
        string counting,
        Action<int, int, ChangeList> add,
        Func<ScorePairs, int, long>? references = null
    )
    {
        var curves = ImmutableArray.CreateBuilder<ThresholdCurve>(pairs.Classes.Count);
        ChangeList list = new();
        ChangeList ofFile = new();
        for (var k = 0; k < pairs.Classes.Count; k++)
        {
            list.Clear();
            for (var file = 0; file < pairs.Count; file++)
            {
                // Where a class has no events, every peak and valley of its scores is a change, even if two at one score cancel:
                // that decides between which scores a best threshold lies half-way.
                if (pairs.EventsOf(file, k).IsEmpty)
                {
                    add(file, k, list);
                    continue;
                }
                ofFile.Clear();
                add(file, k, ofFile);
                Merge(ofFile, list);
            }
            list.Sort();
            var points = PointsOf(list);
            curves.Add(
                new ThresholdCurve(pairs.Classes[k], points, references?.Invoke(pairs, k) ?? points[^1].TruePositives)
            );
        }
        return new ThresholdCurves(curves.MoveToImmutable(), counting);
    }

    /// <summary>Takes over a file's changes, without those that cancel at one score: there nothing changes.</summary>
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
                to.Add(items[first] with { Kind = Change.TruePositives, Delta = (short)found });
            if (wrong != 0)
                to.Add(items[first] with { Kind = Change.FalsePositives, Delta = (short)wrong });
        }
    }

    public static ImmutableArray<ThresholdPoint> PointsOf(ChangeList sorted)
    {
        var points = ImmutableArray.CreateBuilder<ThresholdPoint>();
        points.Add(new ThresholdPoint(double.PositiveInfinity, 0, 0));
        var items = sorted.Items;
        for (var k = 0; k < items.Length; )
        {
            var key = items[k].Key;
            var (score, found, wrong) = (items[k].Score, points[^1].TruePositives, points[^1].FalsePositives);
            for (; k < items.Length && items[k].Key == key; k++)
                if (items[k].Kind == Change.TruePositives)
                    found += items[k].Delta;
                else
                    wrong += items[k].Delta;
            points.Add(new ThresholdPoint(score, found, wrong));
        }
        return points.ToImmutable();
    }

    /// <summary>The number of reference events of a class.</summary>
    public static long EventsOf(ScorePairs pairs, int classIndex)
    {
        long sum = 0;
        for (var file = 0; file < pairs.Count; file++)
            sum += pairs.EventsOf(file, classIndex).Length;
        return sum;
    }
}
