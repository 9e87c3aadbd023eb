namespace Sed.Core.Labelling.Embeddings;

/// <summary>A vector that is similar to a query. Hits are ordered by descending similarity, then by position.</summary>
/// <param name="Range">Position of the range that contains the vector, in the list of searched ranges.</param>
/// <param name="Row">Number of the vector in the range, from 0.</param>
/// <param name="Similarity">Cosine similarity, from -1 to 1.</param>
internal readonly record struct VectorHit(int Range, int Row, float Similarity) : IComparable<VectorHit>
{
    public int CompareTo(VectorHit other)
    {
        var order = other.Similarity.CompareTo(Similarity);
        order = order != 0 ? order : Range.CompareTo(other.Range);
        return order != 0 ? order : Row.CompareTo(other.Row);
    }
}
