using System.Numerics;
using System.Runtime.InteropServices;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling;

/// <summary>
/// For each vector of a set, the distance to the nearest of the vectors that were passed to <c>Add</c>. The distance is
/// 1 - cosine similarity, from 0 to 2, after the mean of the set is subtracted from both vectors. Before the first call
/// of <c>Add</c>, all distances are 2.
/// </summary>
internal sealed class NearestNeighbours
{
    // Rows of a block stay in the cache while they are compared with all added vectors.
    private const int BlockRows = 128;

    private readonly int width;
    private readonly float[] rows; // centred unit vectors, shape (vectors, width)
    private readonly float[] mean;
    private readonly float[] distances;

    /// <param name="vectors">The vectors of the set, all with the same number of values.</param>
    public NearestNeighbours(IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        width = vectors.Count == 0 ? 0 : vectors[0].Length;
        mean = new float[width];
        var sums = new double[width];
        foreach (var vector in vectors)
        {
            if (vector.Length != width)
                throw new ArgumentException(
                    $"The embeddings have different lengths ({width} and {vector.Length}).",
                    nameof(vectors)
                );
            for (var i = 0; i < width; i++)
                sums[i] += vector.Span[i];
        }
        for (var i = 0; i < width; i++)
            mean[i] = (float)(sums[i] / vectors.Count);
        rows = GC.AllocateUninitializedArray<float>(checked(vectors.Count * width));
        distances = new float[vectors.Count];
        Array.Fill(distances, 2);
        Workers.Run(vectors.Count, k => Centre(vectors[k].Span, Row(k)));
    }

    /// <summary>The distance of each vector of the set to the nearest added vector.</summary>
    public ReadOnlySpan<float> Distances => distances;

    /// <summary>Adds the vector of the set at the given position.</summary>
    public void Add(int vector) => Add([Row(vector).ToArray()]);

    /// <summary>
    /// Adds vectors that are not in the set. They must have as many values as the vectors of the set.
    /// </summary>
    public void Add(IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        var centred = new float[vectors.Count][];
        for (var k = 0; k < vectors.Count; k++)
        {
            if (vectors[k].Length != width)
                throw new ArgumentException(
                    $"The embedding of an annotated stretch has {vectors[k].Length} values, but the embeddings of the candidates have {width}.",
                    nameof(vectors)
                );
            centred[k] = new float[width];
            Centre(vectors[k].Span, centred[k]);
        }
        Add(centred);
    }

    private Span<float> Row(int k) => rows.AsSpan(k * width, width);

    private void Add(float[][] centred) =>
        Workers.Run(
            (distances.Length + BlockRows - 1) / BlockRows,
            block =>
            {
                var end = Math.Min(distances.Length, (block + 1) * BlockRows);
                foreach (var vector in centred)
                    for (var k = block * BlockRows; k < end; k++)
                        distances[k] = Math.Min(distances[k], Math.Clamp(1 - Dot(Row(k), vector), 0, 2));
            }
        );

    private void Centre(ReadOnlySpan<float> vector, Span<float> centred)
    {
        for (var i = 0; i < width; i++)
            centred[i] = vector[i] - mean[i];
        var length = MathF.Sqrt(Dot(centred, centred));
        if (length > 0)
            for (var i = 0; i < width; i++)
                centred[i] /= length;
    }

    private static float Dot(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        var a = MemoryMarshal.Cast<float, Vector<float>>(first);
        var b = MemoryMarshal.Cast<float, Vector<float>>(second);
        var (even, odd) = (Vector<float>.Zero, Vector<float>.Zero);
        var k = 0;
        for (; k + 1 < a.Length; k += 2)
        {
            even += a[k] * b[k];
            odd += a[k + 1] * b[k + 1];
        }
        if (k < a.Length)
            even += a[k] * b[k];
        var sum = Vector.Sum(even + odd);
        for (var i = a.Length * Vector<float>.Count; i < first.Length; i++)
            sum += first[i] * second[i];
        return sum;
    }
}
