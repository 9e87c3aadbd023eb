using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Frames;

/// <summary>Counts of frames at every threshold. Each class is a separate binary decision.</summary>
public static class FrameCurves
{
    /// <summary>
    /// Counts the frames of the scores at every threshold. A frame is positive if an event of the class covers its centre
    /// (compared in whole microseconds). Frames that are not fully annotated for the class do not count. All frames have
    /// the same weight, also if their lengths differ.
    /// </summary>
    /// <param name="pairs">Frame scores and reference.</param>
    public static CurveSweep Sweep(ScorePairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return CurveCounting.Sweep(pairs, "frames", (file, k, to) => Add(pairs, file, k, to));
    }

    private static void Add(ScorePairs pairs, int file, int k, ChangeList to)
    {
        var scores = pairs.Scores[file];
        var row = scores.Of(k);
        FrameLabels labels = new(pairs.EventsOf(file, k), pairs.KnownOf(file, k));
        for (var frame = 0; frame < row.Length; frame++)
            if (labels.Next(scores.Borders[frame], scores.Borders[frame + 1]) is { } isPositive)
                to.Add(row[frame], file, isPositive ? Change.TruePositives : Change.FalsePositives, 1);
    }
}
