using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// The score of a class below which no threshold can matter for PSDS: so many files without the class already have a frame
/// that reaches it that their false positives alone exceed the largest rate.
/// </summary>
/// <param name="Score">The floor; negative infinity when every threshold matters.</param>
/// <param name="Files">The files without the class whose largest score reaches the floor.</param>
internal sealed record PsdsFloor(double Score, int[] Files)
{
    /// <summary>Every threshold matters.</summary>
    public static PsdsFloor None { get; } = new(double.NegativeInfinity, []);

    /// <param name="pairs">The scores.</param>
    /// <param name="options">The largest rate.</param>
    /// <param name="collector">Knows whether detections in files without the class always fail.</param>
    /// <param name="classIndex">The class.</param>
    /// <param name="largest">The largest score of the class in each file.</param>
    /// <param name="reserve">How many times as many files as are needed for the corpus itself; more leave room for resamples.</param>
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
            if (pairs.EventsOf(file, classIndex).IsEmpty && collector.AllFail(file))
                silent.Add((largest[file], file));
        var needed = 1;
        var total = pairs.Seconds.Sum();
        while (needed <= silent.Count && !Exceeds(needed, total, options))
            needed++;
        needed = (int)Math.Ceiling(reserve * needed);
        if (needed > silent.Count)
            return None;
        silent.Sort((a, b) => b.Score.CompareTo(a.Score));
        return new PsdsFloor(silent[needed - 1].Score, [.. silent.Take(needed).Select(one => one.File)]);
    }

    /// <summary>True when the floor also holds for a corpus in which each file stands as often as its weight says.</summary>
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
