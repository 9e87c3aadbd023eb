namespace Sed.Core.Corpora.Synthesis;

/// <summary>One event that has been drawn but not made: labels need its length only.</summary>
/// <param name="Samples">How long it is.</param>
/// <param name="Play">Makes its sound, of that length, at any level.</param>
internal sealed record Take(int Samples, Func<float[]> Play);
