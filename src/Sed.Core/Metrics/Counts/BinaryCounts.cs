namespace Sed.Core.Metrics.Counts;

/// <summary>Outcomes of binary decisions. Counts add up over clips, files and folds.</summary>
/// <param name="TruePositives">Active in the reference and in the estimate.</param>
/// <param name="FalsePositives">Active in the estimate only.</param>
/// <param name="FalseNegatives">Active in the reference only.</param>
/// <param name="TrueNegatives">Active in neither; 0 if negatives are not defined, as for events.</param>
public readonly record struct BinaryCounts(
    long TruePositives,
    long FalsePositives,
    long FalseNegatives,
    long TrueNegatives = 0
)
{
    /// <summary>Positives of the reference (Nref).</summary>
    public long Reference => TruePositives + FalseNegatives;

    /// <summary>Positives of the estimate (Nsys).</summary>
    public long Estimated => TruePositives + FalsePositives;

    /// <summary>The sum of both counts.</summary>
    public static BinaryCounts operator +(BinaryCounts a, BinaryCounts b) =>
        new(
            a.TruePositives + b.TruePositives,
            a.FalsePositives + b.FalsePositives,
            a.FalseNegatives + b.FalseNegatives,
            a.TrueNegatives + b.TrueNegatives
        );
}
