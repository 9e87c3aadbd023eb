namespace Sed.Core.Labelling.Embeddings;

/// <summary>The result of a search by example.</summary>
/// <param name="Hits">The most similar stretches, in descending order of similarity.</param>
/// <param name="Own">Number of stretches that were left out because they overlap the example itself.</param>
/// <param name="Copies">
/// Number of recordings that were not searched because an earlier recording has the same content.
/// </param>
public sealed record SearchResult(IReadOnlyList<SimilarStretch> Hits, int Own, int Copies);
