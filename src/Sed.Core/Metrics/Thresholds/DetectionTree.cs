namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// All detections that occur at any threshold in a row of scores (one class in one file). A detection is a maximal run
/// of frames whose scores reach the threshold. It exists for thresholds up to the minimum of its scores and above the
/// larger of the two adjacent scores. Detections form a tree: when the threshold falls to the minimum score of a
/// detection, the detection replaces its children, which it contains. There are at most as many detections as frames.
/// Built in one pass; reuses its memory; not thread-safe.
/// </summary>
internal sealed class DetectionTree
{
    private int[] starts = [];
    private int[] ends = [];
    private int[] parents = [];
    private double[] scores = [];
    private int[] open = [];

    /// <summary>Number of detections.</summary>
    public int Count { get; private set; }

    /// <summary>The first frame of each detection.</summary>
    public ReadOnlySpan<int> Starts => starts.AsSpan(0, Count);

    /// <summary>The frame after each detection.</summary>
    public ReadOnlySpan<int> Ends => ends.AsSpan(0, Count);

    /// <summary>Minimum score of each detection: the highest threshold at which the detection exists.</summary>
    public ReadOnlySpan<double> Scores => scores.AsSpan(0, Count);

    /// <summary>For each detection, the detection that replaces it as the threshold falls; -1 if none does.</summary>
    public ReadOnlySpan<int> Parents => parents.AsSpan(0, Count);

    /// <summary>Finds the detections of a row.</summary>
    /// <param name="row">Scores, frame by frame.</param>
    /// <param name="floor">
    /// The lowest threshold of interest, exclusive; frames with scores up to it are inactive.
    /// </param>
    public void Build(ReadOnlySpan<double> row, double floor = double.NegativeInfinity)
    {
        if (starts.Length < row.Length)
        {
            starts = new int[row.Length];
            ends = new int[row.Length];
            parents = new int[row.Length];
            scores = new double[row.Length];
            open = new int[row.Length];
        }
        var (count, depth) = (0, 0);
        for (var frame = 0; frame <= row.Length; frame++)
        {
            var silent = frame == row.Length || row[frame] <= floor;
            var score = silent ? double.NegativeInfinity : row[frame];
            var start = frame;
            // Detections with a higher minimum than this frame's score end here. The parent is the detection that contains
            // the neighbouring frame with the higher score.
            while (depth > 0 && scores[open[depth - 1]] > score)
            {
                var closed = open[--depth];
                ends[closed] = frame;
                start = starts[closed];
                parents[closed] =
                    depth > 0 && scores[open[depth - 1]] >= score ? open[depth - 1]
                    : !silent ? count
                    : -1;
            }
            if (silent || (depth > 0 && scores[open[depth - 1]] == score))
                continue;
            starts[count] = start;
            scores[count] = score;
            open[depth++] = count++;
        }
        Count = count;
    }
}

/// <summary>Rounds times to microseconds, so that rounding errors of sums do not decide a comparison.</summary>
internal static class Microseconds
{
    public static double Of(double seconds) => Math.Round(seconds * 1e6);
}
