namespace Sed.Core.Metrics.Counts;

/// <summary>F-measure with the precision and the recall it is made of; fractions.</summary>
/// <param name="F">Harmonic mean of precision and recall; undefined when either is.</param>
/// <param name="Precision">True positives over everything estimated.</param>
/// <param name="Recall">True positives over everything in the reference.</param>
public readonly record struct FMeasure(Rate F, Rate Precision, Rate Recall);
