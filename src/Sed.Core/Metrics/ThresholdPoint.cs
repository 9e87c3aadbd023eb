namespace Sed.Core.Metrics;

/// <summary>The counts of a class once the decision threshold has fallen below a score.</summary>
/// <param name="Score">The score; infinite where nothing is detected.</param>
/// <param name="TruePositives">True positives.</param>
/// <param name="FalsePositives">False positives.</param>
public readonly record struct ThresholdPoint(double Score, long TruePositives, long FalsePositives);
