using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// A lower limit for the thresholds of a class. Lower thresholds do not affect PSDS, because the false positives in
/// files without the class are then enough to exceed the maximum rate.
/// </summary>
/// <param name="Score">The floor; negative infinity if all thresholds are needed.</param>
/// <param name="Files">Files without events of the class in which the class's maximum score reaches the floor.</param>
internal sealed record PsdsFloor(double Score, int[] Files)
{
    /// <summary>No floor: all thresholds are needed.</summary>
    public static PsdsFloor None { get; } = new(double.NegativeInfinity, []);

    /// <summary>Computes the floor of a class.</summary>
    /// <param name="pairs">Frame scores and reference.</param>
    /// <param name="options">The parameters of PSDS.</param>
    /// <param name="collector">
    /// Determines whether all detections in a file without the class are false positives.
    /// </param>
    /// <param name="classIndex">Position of the class.</param>
    /// <param name="largest">Maximum score of the class in each file.</param>
    /// <param name="reserve">
    /// Factor, at least 1, by which the required number of files is multiplied; with 2, the floor holds for most resamples.
    /// </param>
    public static PsdsFloor Of(
        ScorePairs pairs,
        PsdsOptions options,
        IntersectionChanges collector,
        int classIndex,
        double[] largest,
        double reserve
    )
    {
        List<(double Score, int File)> silent = [];
        for (var file = 0; file < pairs.Count; file++)
            if (
                pairs.EventsOf(file, classIndex).IsEmpty
                && pairs.KnownOf(file, classIndex).IsAlways
                && collector.AllFail(file, classIndex)
            )
                silent.Add((largest[file], file));
        var needed = 1;
        var total = 0.0;
        for (var file = 0; file < pairs.Count; file++)
            total += pairs.KnownSecondsOf(file, classIndex);
        while (needed <= silent.Count && !Exceeds(needed, total, options))
            needed++;
        needed = (int)Math.Ceiling(reserve * needed);
        if (needed > silent.Count)
            return None;
        silent.Sort((a, b) => b.Score.CompareTo(a.Score));
        return new PsdsFloor(silent[needed - 1].Score, [.. silent.Take(needed).Select(one => one.File)]);
    }

    /// <summary>
    /// Whether the floor is also valid for weighted files, as in a resample: thresholds below it still do not affect
    /// PSDS.
    /// </summary>
    public bool Suffices(ReadOnlySpan<int> weights, double total, PsdsOptions options)
    {
        if (Files.Length == 0)
            return true;
        long count = 0;
        foreach (var file in Files)
            count += weights[file];
        return Exceeds(count, total, options);
    }

    private static bool Exceeds(long falsePositives, double total, PsdsOptions options) =>
        falsePositives / total * options.UnitSeconds > options.MaxEffectiveFalsePositiveRate;
}
