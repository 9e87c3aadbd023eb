namespace Sed.Core.Labelling;

/// <summary>A stretch that was chosen for annotation.</summary>
/// <param name="Candidate">Position of the stretch in the list of candidates.</param>
/// <param name="Reason">Why it was chosen: random, uncertain, rare or diverse.</param>
/// <param name="Score">
/// The value of the criterion by which the stretch was chosen; null for a stretch that was drawn at random.
/// </param>
/// <param name="Inclusion">
/// The inclusion probability of a stretch that was drawn at random; null for any other stretch.
/// </param>
public sealed record Choice(int Candidate, string Reason, double? Score, double? Inclusion);
