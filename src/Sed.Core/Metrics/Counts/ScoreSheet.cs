namespace Sed.Core.Metrics.Counts;

/// <summary>The metrics of one class, of all decisions together, or averaged over classes.</summary>
/// <param name="FMeasure">F-measure, precision, recall.</param>
/// <param name="ErrorRates">Error rate and its parts.</param>
/// <param name="Accuracies">Accuracies; null where there are no true negatives, as with events.</param>
public sealed record ScoreSheet(FMeasure FMeasure, ErrorRates ErrorRates, Accuracies? Accuracies);
