using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Thresholds;

/// <summary>The decision threshold at which a class does best.</summary>
/// <param name="Threshold">
/// Half-way between the score that the threshold must fall below and the next lower one at which anything changes; detections
/// are what lies above it. Infinite when it is best to detect nothing, or everything.
/// </param>
/// <param name="Value">The best value: an F-measure or an error rate.</param>
/// <param name="Counts">The counts at the threshold.</param>
public readonly record struct BestThreshold(double Threshold, double Value, BinaryCounts Counts);
