namespace Sed.Core.Labelling.Embeddings;

/// <summary>A stretch that is similar to a query.</summary>
/// <param name="Recording">Position of its recording in <see cref="EmbeddedFolder.Recordings"/>.</param>
/// <param name="Stretch">The stretch.</param>
/// <param name="Similarity">Cosine similarity of the vectors, from -1 to 1.</param>
public sealed record SimilarStretch(int Recording, Stretch Stretch, double Similarity);
