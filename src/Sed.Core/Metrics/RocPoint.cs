namespace Sed.Core.Metrics;

/// <summary>A point of a curve of true positives over effective false positives.</summary>
/// <param name="FalsePositiveRate">Effective false positives per unit of time.</param>
/// <param name="TruePositiveRate">The part of the reference events that is found.</param>
/// <param name="Threshold">
/// The score below which the decision threshold must lie; infinite where nothing is detected. NaN on a curve over several
/// classes or decisions, which has no threshold.
/// </param>
public readonly record struct RocPoint(
    double FalsePositiveRate,
    double TruePositiveRate,
    double Threshold = double.NaN
);
