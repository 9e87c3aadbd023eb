namespace Sed.Core.Metrics.Counts;

/// <summary>Errors over the number of active units in the reference; 0 is perfect, there is no upper end.</summary>
/// <param name="ErrorRate">The sum of the others.</param>
/// <param name="Substitution">A wrong label in place of the right one; undefined within a single class.</param>
/// <param name="Deletion">Missed.</param>
/// <param name="Insertion">Estimated where nothing was.</param>
public readonly record struct ErrorRates(Rate ErrorRate, Rate Substitution, Rate Deletion, Rate Insertion);
