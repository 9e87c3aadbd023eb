namespace Sed.Core.Labelling.Estimates;

/// <summary>A stretch of a recording whose label for one class is known.</summary>
/// <param name="Score">The model's score for the class.</param>
/// <param name="IsPresent">Whether the stretch contains the class.</param>
/// <param name="Inclusion">
/// The probability that the stretch was drawn, greater than 0, at most 1. Only the ratios between the probabilities of
/// different stretches matter. Default 1, which is right if all stretches have the same probability.
/// </param>
public readonly record struct ReviewedStretch(double Score, bool IsPresent, double Inclusion = 1);
