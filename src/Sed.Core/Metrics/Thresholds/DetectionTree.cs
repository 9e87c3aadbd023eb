namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// Every detection that any decision threshold gives for one row of scores. A detection is a longest run of frames whose
/// scores reach the threshold; it exists while the threshold lies above the larger score beside it and not above its own
/// smallest one. There are at most as many as frames, and they contain each other as a tree: when the threshold falls to a
/// detection's score, it takes the place of its children. Built in one pass; reuses its memory; one thread.
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

    /// <summary>The frame behind each detection.</summary>
    public ReadOnlySpan<int> Ends => ends.AsSpan(0, Count);

    /// <summary>The smallest score in each detection: it exists for thresholds up to this score.</summary>
    public ReadOnlySpan<double> Scores => scores.AsSpan(0, Count);

    /// <summary>The detection that takes each one's place as the threshold falls; -1 when none does.</summary>
    public ReadOnlySpan<int> Parents => parents.AsSpan(0, Count);

    /// <summary>Finds the detections of a row.</summary>
    /// <param name="row">The scores, frame by frame.</param>
    /// <param name="floor">Only thresholds above it matter: what is not higher counts as silence.</param>
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
            // What is higher than this frame ends here, and goes over into the lower neighbour that is higher.
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
