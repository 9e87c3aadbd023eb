using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Psds;

/// <summary>The scores of one class in one file.</summary>
/// <param name="borders">Start of each frame in seconds, increasing, followed by the end of the last frame.</param>
/// <param name="scores">The score of each frame.</param>
internal readonly ref struct ScoreRow(ReadOnlySpan<double> borders, ReadOnlySpan<double> scores)
{
    public ReadOnlySpan<double> Borders { get; } = borders;

    public ReadOnlySpan<double> Scores { get; } = scores;
}

/// <summary>
/// The scores of all files, either as they are or after a median filter. Filtered scores are kept for one class at a time,
/// because they need much memory. Not thread-safe.
/// </summary>
/// <param name="pairs">Frame scores and reference.</param>
/// <param name="medianSeconds">Length of the median filter in seconds; 0 for none.</param>
internal sealed class ScoreRows(ScorePairs pairs, double medianSeconds = 0)
{
    private readonly TimeMedian median = new();
    private readonly FilteredRow?[] filtered = new FilteredRow?[pairs.Count];
    private readonly double?[] shortest = new double?[pairs.Count];
    private int classIndex = -1;

    /// <summary>The scores of a class in a file.</summary>
    public ScoreRow Of(int file, int classIndex)
    {
        var scores = pairs.Scores[file];
        if (medianSeconds == 0)
            return new ScoreRow(scores.Borders, scores.Of(classIndex));
        if (classIndex != this.classIndex)
        {
            Forget();
            this.classIndex = classIndex;
        }
        var own = filtered[file] ??= median.Apply(scores.Borders, scores.Of(classIndex), medianSeconds);
        return new ScoreRow(own.Borders, own.Scores);
    }

    /// <summary>The largest score of a class in a file.</summary>
    public double Largest(int file, int classIndex)
    {
        if (medianSeconds == 0)
            return pairs.Scores[file].Largest(classIndex);
        var largest = double.NegativeInfinity;
        foreach (var score in Of(file, classIndex).Scores)
            largest = Math.Max(largest, score);
        return largest;
    }

    /// <summary>The length of the shortest frame of a class in a file, in seconds.</summary>
    public double ShortestFrame(int file, int classIndex) =>
        medianSeconds == 0 ? shortest[file] ??= Shortest(file, classIndex) : Shortest(file, classIndex);

    private double Shortest(int file, int classIndex)
    {
        var borders = Of(file, classIndex).Borders;
        var least = double.PositiveInfinity;
        for (var k = 1; k < borders.Length; k++)
            least = Math.Min(least, borders[k] - borders[k - 1]);
        return least;
    }

    /// <summary>Frees the memory of filtered scores.</summary>
    public void Forget()
    {
        Array.Clear(filtered);
        classIndex = -1;
    }
}
