namespace Sed.Core.Metrics.Counts;

/// <summary>
/// The metrics of one class, of all decisions (micro average), or averaged over classes (macro average).
/// </summary>
/// <param name="FMeasure">F1, precision and recall.</param>
/// <param name="ErrorRates">Error rate and its parts.</param>
/// <param name="Accuracies">Accuracies; null if there are no true negatives, as for events.</param>
public sealed record ScoreSheet(FMeasure FMeasure, ErrorRates ErrorRates, Accuracies? Accuracies);

/// <summary>F1 with its precision and recall, as fractions from 0 to 1.</summary>
/// <param name="F">Harmonic mean of precision and recall; undefined if either is undefined.</param>
/// <param name="Precision">True positives over all positives of the estimate.</param>
/// <param name="Recall">True positives over all positives of the reference.</param>
public readonly record struct FMeasure(Rate F, Rate Precision, Rate Recall);

/// <summary>
/// Errors divided by the number of active reference units (segments or events). 0 is perfect; values above 1 are
/// possible.
/// </summary>
/// <param name="ErrorRate">The sum of the three parts.</param>
/// <param name="Substitution">Units with a wrong label; undefined for a single class.</param>
/// <param name="Deletion">Missed units.</param>
/// <param name="Insertion">Units that are active in the estimate only.</param>
public readonly record struct ErrorRates(Rate ErrorRate, Rate Substitution, Rate Deletion, Rate Insertion);

/// <summary>Metrics that take true negatives into account, as fractions from 0 to 1.</summary>
/// <param name="Sensitivity">True positives over all positives of the reference.</param>
/// <param name="Specificity">True negatives over all negatives of the reference.</param>
/// <param name="Balanced">Balanced accuracy: the mean of sensitivity and specificity.</param>
/// <param name="Accuracy">Correct decisions over all decisions.</param>
public readonly record struct Accuracies(Rate Sensitivity, Rate Specificity, Rate Balanced, Rate Accuracy);
