namespace Sed.Core.Metrics.Psds;

/// <summary>
/// Median filter of a step function of time, as in sed_scores_eval (c7a3b71; Ebbers, Haeb-Umbach and Serizel 2023). At
/// each time, the output is a median of the scores within a window centred at that time: scores below the median cover
/// at most half of the window in total, and scores above the median cover at most half of it. Where several values are
/// medians, the output keeps its value as long as this value is one of them, and then changes to the nearest median.
/// Borders of the output can lie within frames. Outside the recording, scores are negative infinity. Reuses its memory;
/// not thread-safe.
/// </summary>
/// <remarks>
/// Times are whole multiples of 10 ns, so sums are exact. The borders of the output are rounded to microseconds. As in
/// sed_scores_eval, "half" has a tolerance of 0.1 microseconds.
/// </remarks>
internal sealed class TimeMedian
{
    private const double UnitsPerSecond = 1e8;
    private const long UnitsPerMicrosecond = 100;
    private const long Tolerance = 10;

    // The output and the scores within the window, in increasing order, and the time that each of them covers.
    private double[] values = [];
    private long[] covered = [];
    private int count;

    // The position of the output in `values`, and the time covered by the values before it.
    private int median;
    private long below;

    private readonly List<double> starts = [];
    private readonly List<double> levels = [];

    /// <summary>Filters the scores of one class.</summary>
    /// <param name="borders">Start of each frame, followed by the end of the last frame, in seconds.</param>
    /// <param name="scores">The score of each frame.</param>
    /// <param name="seconds">Length of the window in seconds, positive.</param>
    /// <returns>
    /// The filtered scores over the same time. A new frame begins only where the filtered score changes.
    /// </returns>
    public FilteredRow Apply(ReadOnlySpan<double> borders, ReadOnlySpan<double> scores, double seconds)
    {
        var half = Units(seconds / 2);
        if (values.Length < scores.Length + 2)
            (values, covered) = (new double[2 * scores.Length + 2], new long[2 * scores.Length + 2]);
        (values[0], covered[0]) = (double.NegativeInfinity, 2 * half);
        (count, median, below) = (1, 0, 0);
        starts.Clear();
        levels.Clear();
        Change(borders[0], double.NegativeInfinity);

        // The left end of the window lies in frame `leaving`, the right end in frame `entering`; -1 is the time before
        // the first frame, and `scores.Length` the time after the last one.
        var (leaving, entering) = (-1, 0);
        var time = Units(borders[0]) - half;
        while (leaving < scores.Length)
        {
            var rightNext = entering < scores.Length ? Units(borders[entering + 1]) - half : long.MaxValue;
            var leftNext = Units(borders[leaving + 1]) + half;
            var next = Math.Min(rightNext, leftNext);
            if (next > time)
                Move(At(scores, leaving), At(scores, entering), next - time, half, next);
            time = next;
            if (rightNext == next)
                entering++;
            if (leftNext == next)
                leaving++;
        }
        return Row(borders[^1]);
    }

    private static double At(ReadOnlySpan<double> scores, int frame) =>
        frame < 0 || frame >= scores.Length ? double.NegativeInfinity : scores[frame];

    /// <summary>
    /// Moves the window by a distance over which the scores at its left and its right end are constant. If the median
    /// changes, the output takes all scores between the old and the new median in order. It changes from one to the next
    /// when the scores up to the lower of the two cover exactly half of the window.
    /// </summary>
    /// <param name="lost">The score at the left end.</param>
    /// <param name="gained">The score at the right end.</param>
    /// <param name="distance">The distance, in units.</param>
    /// <param name="half">Half of the window, in units.</param>
    /// <param name="end">The time of the window's centre after the move, in units.</param>
    private void Move(double lost, double gained, long distance, long half, long end)
    {
        if (lost == gained)
            return;
        Cover(gained, distance);
        Cover(lost, -distance);
        var before = values[median];
        for (; below + covered[median] < half - Tolerance; median++)
        {
            below += covered[median];
            Change((end - (half - below)) / UnitsPerSecond, values[median + 1]);
        }
        while (below >= half + Tolerance)
        {
            Change((end - (below - half)) / UnitsPerSecond, values[median - 1]);
            below -= covered[--median];
        }
        Forget(lost);
        Forget(before);
    }

    /// <summary>Adds to the time that a score covers, and inserts the score if it is new.</summary>
    private void Cover(double score, long added)
    {
        var at = Array.BinarySearch(values, 0, count, score);
        if (at < 0)
        {
            at = ~at;
            Array.Copy(values, at, values, at + 1, count - at);
            Array.Copy(covered, at, covered, at + 1, count - at);
            (values[at], covered[at]) = (score, 0);
            count++;
            if (at <= median)
                median++;
        }
        covered[at] += added;
        if (at < median)
            below += added;
    }

    /// <summary>Removes a score that covers no time and is not the output.</summary>
    private void Forget(double score)
    {
        var at = Array.BinarySearch(values, 0, count, score);
        if (at < 0 || at == median || covered[at] > 0)
            return;
        Array.Copy(values, at + 1, values, at, count - at - 1);
        Array.Copy(covered, at + 1, covered, at, count - at - 1);
        count--;
        if (at < median)
            median--;
    }

    private void Change(double seconds, double level)
    {
        var start = Math.Round(seconds * 1e6) / 1e6;
        if (starts.Count > 0 && start <= starts[^1])
            levels[^1] = level;
        else
        {
            starts.Add(start);
            levels.Add(level);
        }
    }

    /// <summary>The filtered scores, with one frame for each run of equal scores.</summary>
    private FilteredRow Row(double end)
    {
        var pieces = 0;
        for (var k = 0; k < starts.Count && starts[k] < end; k++)
            if (pieces == 0 || levels[k] != levels[pieces - 1])
                (starts[pieces], levels[pieces++]) = (starts[k], levels[k]);
        return new FilteredRow([.. starts.Take(pieces), end], [.. levels.Take(pieces)]);
    }

    private static long Units(double seconds) => checked((long)Math.Round(seconds * UnitsPerSecond));
}

/// <summary>The filtered scores of one class in one file.</summary>
/// <param name="Borders">Start of each frame in seconds, increasing, followed by the end of the last frame.</param>
/// <param name="Scores">The score of each frame.</param>
internal sealed record FilteredRow(double[] Borders, double[] Scores);
