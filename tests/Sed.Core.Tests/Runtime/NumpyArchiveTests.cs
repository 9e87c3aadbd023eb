using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public sealed class NumpyArchiveTests
{
    [Fact]
    public void Arrays_survive_a_round_trip()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("deep", "arrays.npz");
        var arrays = new Dictionary<string, NumpyArray>
        {
            ["numbers"] = NumpyArray.Of([1.5, -0.0, double.NaN, double.MaxValue]),
            ["counts"] = NumpyArray.Of([long.MinValue, 0, 7]),
            ["text"] = NumpyArray.Of("Grüße, 17 classes"),
            ["nothing"] = NumpyArray.Of(ReadOnlySpan<long>.Empty),
        };
        NumpyArchive.Write(file, arrays);
        var read = NumpyArchive.Read(file);
        Assert.Equal(arrays.Keys, read.Keys);
        foreach (var (name, array) in arrays)
        {
            Assert.Equal(array.Type, read[name].Type);
            Assert.Equal(array.Shape, read[name].Shape);
            Assert.Equal(array.Bytes, read[name].Bytes);
        }
        Assert.Equal("Grüße, 17 classes", read["text"].Text);
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public void A_file_truncated_anywhere_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("arrays.npz");
        NumpyArchive.Write(
            file,
            new Dictionary<string, NumpyArray> { ["a"] = NumpyArray.Of([1.0, 2, 3]), ["b"] = NumpyArray.Of("text") }
        );
        var bytes = File.ReadAllBytes(file);
        for (var length = 0; length < bytes.Length; length += 13)
        {
            File.WriteAllBytes(file, bytes[..length]);
            Assert.StartsWith(file, Assert.Throws<InvalidDataException>(() => NumpyArchive.Read(file)).Message);
        }
    }

    [Fact]
    public void A_changed_byte_is_detected()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("arrays.npz");
        NumpyArchive.Write(
            file,
            [new("values", NumpyArray.Of(Enumerable.Range(0, 100).Select(i => (double)i).ToArray()))]
        );
        var bytes = File.ReadAllBytes(file);
        bytes[400] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.StartsWith(
            $"{file}, array values.npy",
            Assert.Throws<InvalidDataException>(() => NumpyArchive.Read(file)).Message
        );
    }
}
