namespace Sed.Core.Labelling.Estimates;

/// <summary>A stretch of a recording whose label for one class is known.</summary>
/// <param name="Score">The model's score for the class.</param>
/// <param name="IsPresent">Whether the stretch contains the class.</param>
public readonly record struct ReviewedStretch(double Score, bool IsPresent);
