using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// Counts at every decision threshold at once, as sed_scores_eval 0.0.4 does (Ebbers, Serizel and Haeb-Umbach, ICASSP 2022).
/// Detections are longest runs of frames whose score lies above the threshold.
/// </summary>
internal static class CurveCounting
{
    /// <summary>What changes in every class at which score.</summary>
    /// <param name="pairs">What is compared.</param>
    /// <param name="counting">What is counted, in words.</param>
    /// <param name="add">Adds the changes of a file and a class.</param>
    /// <param name="countEvents">Whether the references of a class are its events; else they are what the lowest threshold finds.</param>
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
                // Where a class has no events, every peak and valley of its scores is a change, even if two at one score cancel:
                // that decides between which scores a best threshold lies half-way.
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

    /// <summary>The curve of every class, each file counted once.</summary>
    public static ThresholdCurves OfAll(this CurveSweep sweep, ScorePairs pairs) => sweep.Of(Once(pairs.Count));

    /// <summary>Each of so many clips once.</summary>
    public static int[] Once(int clips)
    {
        var weights = new int[clips];
        Array.Fill(weights, 1);
        return weights;
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
}
