namespace Sed.Core.Labelling.Estimates;

/// <summary>A stretch of a recording that could be drawn at random, but was not.</summary>
/// <param name="Score">The model's score for the class.</param>
/// <param name="Inclusion">The probability of being drawn; see <see cref="ReviewedStretch"/>.</param>
/// <param name="IsPresent">
/// Whether the stretch contains the class, if this is known because it was annotated for another reason. Null
/// (default): unknown. Such labels set limits to the estimated number of stretches and its interval. They are not used
/// otherwise, because they are not from a random sample.
/// </param>
public readonly record struct ScoredStretch(double Score, double Inclusion = 1, bool? IsPresent = null);
