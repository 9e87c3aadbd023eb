namespace Sed.Core.Metrics.Counts;

/// <summary>How often something was there or not, and was said to be there or not. Adds up over clips, files, folds and workers.</summary>
/// <param name="TruePositives">In the reference and in the estimate.</param>
/// <param name="FalsePositives">Only in the estimate.</param>
/// <param name="FalseNegatives">Only in the reference.</param>
/// <param name="TrueNegatives">In neither; 0 where nothing can be absent, as with events.</param>
public readonly record struct BinaryCounts(
    long TruePositives,
    long FalsePositives,
    long FalseNegatives,
    long TrueNegatives = 0
)
{
    /// <summary>How often it was in the reference (Nref).</summary>
    public long Reference => TruePositives + FalseNegatives;

    /// <summary>How often it was in the estimate (Nsys).</summary>
    public long Estimated => TruePositives + FalsePositives;

    /// <summary>Both counts together.</summary>
    public static BinaryCounts operator +(BinaryCounts a, BinaryCounts b) =>
        new(
            a.TruePositives + b.TruePositives,
            a.FalsePositives + b.FalsePositives,
            a.FalseNegatives + b.FalseNegatives,
            a.TrueNegatives + b.TrueNegatives
        );
}
