namespace Sed.Core.Metrics.Counts;

/// <summary>Rates that also reward silence where there is silence; fractions.</summary>
/// <param name="Sensitivity">True positives over all positives of the reference.</param>
/// <param name="Specificity">True negatives over all negatives of the reference.</param>
/// <param name="Balanced">The mean of sensitivity and specificity.</param>
/// <param name="Accuracy">Right decisions over all decisions.</param>
public readonly record struct Accuracies(Rate Sensitivity, Rate Specificity, Rate Balanced, Rate Accuracy);
