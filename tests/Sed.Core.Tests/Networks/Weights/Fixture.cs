using System.Text.Json;
using Sed.Core.Networks.Weights;

namespace Sed.Core.Tests.Networks.Weights;

/// <summary>Files that tools/reference/weight_files.py wrote with PyTorch 1.13, and their values.</summary>
internal static class Fixture
{
    private static readonly JsonElement expected = JsonDocument
        .Parse(System.IO.File.ReadAllText(File("expected.json")))
        .RootElement;

    public static string File(string name) =>
        Path.Combine(AppContext.BaseDirectory, "Networks", "Weights", "Golden", name);

    /// <summary>Asserts that a file has the tensors of the reference, in their order and with equal values.</summary>
    public static void AssertEqual(string reference, WeightFileContent content)
    {
        var tensors = expected.GetProperty(reference).EnumerateObject().ToArray();
        Assert.Equal(tensors.Select(tensor => tensor.Name), content.Tensors.Select(tensor => tensor.Name));
        foreach (var (wanted, found) in tensors.Zip(content.Tensors))
        {
            Assert.Equal(
                wanted.Value.GetProperty("shape").EnumerateArray().Select(length => length.GetInt64()),
                found.Values.Shape
            );
            double[] values =
            [
                .. wanted
                    .Value.GetProperty("values")
                    .EnumerateArray()
                    .Select(value => (double)(float)value.GetDouble()),
            ];
            Assert.Equal(values, Values(found));
        }
    }

    public static double[] Values(WeightTensor tensor) =>
        tensor.Values.Type == Sed.Core.Runtime.NumpyArray.Float32
            ? [.. tensor.Values.Floats.ToArray().Select(value => (double)value)]
            : [.. tensor.Values.Longs.ToArray().Select(value => (double)(float)value)];
}
