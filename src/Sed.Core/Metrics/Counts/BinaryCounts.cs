namespace Sed.Core.Metrics.Counts;

/// <summary>Counts of the outcomes of binary decisions. The counts of clips, files and folds can be added.</summary>
/// <param name="TruePositives">Number of decisions that are positive in the reference and in the estimate.</param>
/// <param name="FalsePositives">Number of decisions that are positive in the estimate only.</param>
/// <param name="FalseNegatives">Number of decisions that are positive in the reference only.</param>
/// <param name="TrueNegatives">
/// Number of decisions that are positive in neither; 0 if negatives are not defined, as for events.
/// </param>
public readonly record struct BinaryCounts(
    long TruePositives,
    long FalsePositives,
    long FalseNegatives,
    long TrueNegatives = 0
)
{
    /// <summary>Number of positives in the reference (Nref).</summary>
    public long Reference => TruePositives + FalseNegatives;

    /// <summary>Number of positives in the estimate (Nsys).</summary>
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
