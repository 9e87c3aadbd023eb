namespace Sed.Core.Labelling;

/// <summary>A chosen stretch.</summary>
/// <param name="Candidate">Position of the stretch in the list of candidates.</param>
/// <param name="Reason">Why it was chosen: random, uncertain, rare or diverse.</param>
/// <param name="Score">The value of the criterion; null for random stretches.</param>
/// <param name="Inclusion">The inclusion probability of a random draw; null for other reasons.</param>
public sealed record Choice(int Candidate, string Reason, double? Score, double? Inclusion);
