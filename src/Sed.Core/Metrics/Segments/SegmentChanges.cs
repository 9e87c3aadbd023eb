using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Metrics.Segments;

/// <summary>
/// Computes how the segment-based counts of one class in one file change as the threshold falls. Each segment becomes
/// positive once. Segments that are not annotated throughout are left out.
/// </summary>
internal static class SegmentChanges
{
    public static void Add(ScorePairs pairs, double segmentSeconds, int file, int classIndex, ChangeList to)
    {
        var scores = pairs.Scores[file];
        var row = scores.Of(classIndex);
        var truths = pairs.EventsOf(file, classIndex);
        var known = pairs.KnownOf(file, classIndex);
        var segments = (int)Math.Ceiling(pairs.Seconds[file] / segmentSeconds);
        for (var segment = 0; segment < segments; segment++)
        {
            // Times are rounded to microseconds, so that coinciding borders of frames and segments are equal.
            var onset = Rounded(segment * segmentSeconds);
            var offset = Rounded((segment + 1) * segmentSeconds);
            if (!known.Contain(onset, Math.Min(offset, pairs.Seconds[file])))
                continue;
            var active = false;
            foreach (ref readonly var truth in truths)
                active |= onset < truth.Offset && offset > truth.Onset;
            to.Add(
                LargestScore(row, scores.Borders, onset, offset),
                file,
                active ? Change.TruePositives : Change.FalsePositives,
                1
            );
        }
    }

    /// <summary>
    /// The maximum score of the frames that a segment overlaps; 0 for a segment after the last frame.
    /// </summary>
    private static double LargestScore(
        ReadOnlySpan<double> row,
        ReadOnlySpan<double> borders,
        double onset,
        double offset
    )
    {
        var largest = double.NegativeInfinity;
        for (var frame = FirstFrame(borders, onset); frame < row.Length && Rounded(borders[frame]) < offset; frame++)
            largest = Math.Max(largest, row[frame]);
        return largest == double.NegativeInfinity ? 0 : largest;
    }

    /// <summary>
    /// The index of the frame that contains a time: 0 before the first frame, the number of frames after the last.
    /// </summary>
    private static int FirstFrame(ReadOnlySpan<double> borders, double time)
    {
        var (low, high) = (0, borders.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Rounded(borders[middle]) > time ? (low, middle) : (middle + 1, high);
        }
        return Math.Max(low - 1, 0);
    }

    private static double Rounded(double seconds) => Math.Round(seconds * 1e6) / 1e6;
}
