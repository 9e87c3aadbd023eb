using System.Text.Json.Nodes;
using Sed.Core.Features.Store;
using Sed.Core.Labelling.Embeddings;

namespace Sed.Core.Tests.Labelling.Embeddings;

public sealed class VectorStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly VectorForm form = new(3, FeaturePrecision.Float32);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Vectors_are_read_as_they_were_added()
    {
        using (var store = Open())
        {
            store.Add("a", 1.5, [1, 2, 3, 4, 5, 6]);
            store.Add("b", 0.1, [7, 8, 9]);
        }
        using var again = Open();
        Assert.Equal(new VectorRange("a", 1.5, 0, 2), again.Find("a"));
        Assert.Equal(new VectorRange("b", 0.1, 2, 1), again.Find("b"));
        Assert.Null(again.Find("c"));
        Assert.Equal([4, 5, 6], Row(again, 1));
        Assert.Equal([7, 8, 9], Row(again, 2));
    }

    [Fact]
    public void Values_in_float16_are_rounded_and_very_small_ones_are_0()
    {
        VectorForm half = new(3, FeaturePrecision.Float16);
        var vector = new float[3];
        half.Read(half.ToBytes([0.1f, -0.00001f, -1 / 3f]), vector);
        Assert.Equal([(float)(Half)0.1f, 0, (float)(Half)(-1 / 3f)], vector);
    }

    [Fact]
    public void Recordings_are_added_after_those_that_are_there()
    {
        using (var store = Open())
            store.Add("a", 1, [1, 2, 3]);
        using (var store = Open())
            store.Add("b", 1, [4, 5, 6]);
        using var again = Open();
        Assert.Equal([1, 2, 3], Row(again, 0));
        Assert.Equal([4, 5, 6], Row(again, 1));
    }

    [Fact]
    public void A_recording_whose_row_of_the_index_is_incomplete_is_not_in_the_store()
    {
        string index;
        using (var store = Open())
        {
            store.Add("a", 1, [1, 2, 3]);
            store.Add("b", 1, [4, 5, 6]);
            index = Path.Combine(store.Folder, "index.tsv");
        }
        File.WriteAllText(index, File.ReadAllText(index)[..^5]);
        using (var store = Open())
        {
            Assert.NotNull(store.Find("a"));
            Assert.Null(store.Find("b"));
            store.Add("c", 1, [7, 8, 9]);
        }
        using var again = Open();
        Assert.Equal([1, 2, 3], Row(again, again.Find("a")!.First));
        Assert.Equal([7, 8, 9], Row(again, again.Find("c")!.First));
    }

    [Fact]
    public void A_recording_with_damaged_vectors_is_not_in_the_store()
    {
        string values;
        using (var store = Open())
        {
            store.Add("a", 1, [1, 2, 3]);
            store.Add("b", 1, [4, 5, 6]);
            values = store.ValuesPath;
        }
        var bytes = File.ReadAllBytes(values);
        bytes[5] ^= 1;
        File.WriteAllBytes(values, bytes);
        using (var store = Open())
        {
            Assert.Null(store.Find("a"));
            Assert.Equal([4, 5, 6], Row(store, store.Find("b")!.First));
        }
        File.WriteAllBytes(values, bytes[..^1]);
        using var again = Open();
        Assert.Null(again.Find("b"));
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("a\t1\t0\t1\t0123456789abcdef\n")]
    [InlineData("a\t1\t99999999999\t2147483647\t0123456789abcdef\n")]
    [InlineData("a\t1\t9223372036854775807\t2147483647\t0123456789abcdef\n")]
    [InlineData("a\t-1\t0\t1\t\n")]
    [InlineData("\0\0\0")]
    public void Invalid_rows_of_the_index_are_ignored(string row)
    {
        string index;
        using (var store = Open())
        {
            store.Add("b", 1, [4, 5, 6]);
            index = Path.Combine(store.Folder, "index.tsv");
        }
        File.AppendAllText(index, row);
        using var again = Open();
        Assert.Null(again.Find("a"));
        Assert.NotNull(again.Find("b"));
    }

    [Fact]
    public void Stores_with_different_keys_widths_and_precisions_are_separate()
    {
        string[] folders =
        [
            .. new[]
            {
                Open(),
                Open(key: "other"),
                Open(new VectorForm(4, FeaturePrecision.Float32)),
                Open(new VectorForm(3, FeaturePrecision.Float16)),
            }.Select(store =>
            {
                using (store)
                    return store.Folder;
            }),
        ];
        Assert.Equal(4, folders.Distinct().Count());
    }

    [Fact]
    public void A_store_that_cannot_be_written_can_be_read()
    {
        using (var store = Open())
            store.Add("a", 1, [1, 2, 3]);
        using var again = Open();
        again.Release();
        Assert.Equal([1, 2, 3], Row(again, 0));
        Assert.StartsWith(
            $"{again.Folder}: vectors are missing, but the folder cannot be written",
            Assert.Throws<FeatureStoreException>(() => again.Add("b", 1, [1, 2, 3])).Message
        );
    }

    private VectorStore Open(VectorForm? own = null, string key = "test") =>
        VectorStore.Open(folder.Path, new JsonObject { ["key"] = key }, own ?? form, CancellationToken.None);

    private static float[] Row(VectorStore store, long row)
    {
        var vector = new float[store.Form.Width];
        store.Read(row, vector);
        return vector;
    }
}
