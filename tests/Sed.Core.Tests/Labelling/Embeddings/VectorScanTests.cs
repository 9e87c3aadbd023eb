using System.Text.Json.Nodes;
using Sed.Core.Features.Store;
using Sed.Core.Labelling.Embeddings;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Labelling.Embeddings;

public sealed class VectorScanTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(100)]
    public void The_hits_are_those_of_a_plain_loop(int width)
    {
        using var store = Store(width, out var ranges, out var vectors);
        var query = Random("query", width);
        var plain = ranges
            .SelectMany((range, k) => Enumerable.Range(0, range.Count).Select(row => (k, row)))
            .Select(place =>
                (place.k, place.row, Similarity: Cosine(vectors[ranges[place.k].First + place.row], query))
            )
            .OrderByDescending(hit => hit.Similarity)
            .Take(20)
            .ToArray();
        var hits = VectorScan.Top(store, ranges, query, 20);
        Assert.Equal(20, hits.Count);
        foreach (var (hit, (_, _, similarity)) in hits.Zip(plain))
        {
            Assert.Equal(similarity, hit.Similarity, 1e-3);
            Assert.Equal(Cosine(vectors[ranges[hit.Range].First + hit.Row], query), hit.Similarity, 1e-3);
        }
    }

    [Fact]
    public void Only_the_given_ranges_are_scanned_and_excluded_rows_are_left_out()
    {
        using var store = Store(40, out var ranges, out _);
        var query = Random("query", 40);
        var some = ranges.Take(3).ToArray();
        var hits = VectorScan.Top(store, some, query, 1000, (range, row) => range == 1 && row < 2);
        Assert.Equal(some.Sum(range => range.Count) - 2, hits.Count);
        Assert.DoesNotContain(hits, hit => hit.Range == 1 && hit.Row < 2);
        Assert.Equal(hits.Order(), hits);
    }

    [Fact]
    public void Hits_with_the_same_similarity_are_in_the_order_of_the_rows()
    {
        using var store = VectorStore.Open(
            folder.Path,
            [],
            new VectorForm(4, FeaturePrecision.Float16),
            CancellationToken.None
        );
        for (var k = 0; k < 20; k++)
            store.Add($"{k}", 1, [.. Enumerable.Repeat(0.5f, 8)]);
        VectorRange[] ranges = [.. Enumerable.Range(0, 20).Select(k => store.Find($"{k}")!)];
        var hits = VectorScan.Top(store, ranges, [1, 1, 1, 1], 5);
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)], hits.Select(hit => (hit.Range, hit.Row)));
        Assert.All(hits, hit => Assert.Equal(1, hit.Similarity));
    }

    [Fact]
    public void A_query_of_another_length_is_an_error()
    {
        using var store = Store(5, out var ranges, out _);
        Assert.StartsWith(
            "The query has 4 values, but the vectors have 5.",
            Assert.Throws<ArgumentException>(() => VectorScan.Top(store, ranges, [1, 2, 3, 4], 1)).Message
        );
    }

    private VectorStore Store(int width, out VectorRange[] ranges, out float[][] vectors)
    {
        var store = VectorStore.Open(
            folder.Path,
            new JsonObject { ["width"] = width },
            new VectorForm(width, FeaturePrecision.Float16),
            CancellationToken.None
        );
        List<float[]> all = [];
        for (var k = 0; k < 30; k++)
        {
            float[][] own =
            [
                .. Enumerable.Range(0, 1 + k % 7).Select(row => UnitVector.Of(Random($"{k} {row}", width))),
            ];
            all.AddRange(own);
            store.Add($"{k}", 1, [.. own.SelectMany(vector => vector)]);
        }
        ranges = [.. Enumerable.Range(0, 30).Select(k => store.Find($"{k}")!)];
        vectors = [.. all];
        return store;
    }

    private static float[] Random(string purpose, int width)
    {
        var random = RandomSource.For(1, purpose);
        return [.. Enumerable.Range(0, width).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
}
