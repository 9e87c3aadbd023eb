using System.IO.Compression;
using Sed.Core.Features;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>The arrays of a model's member, and their names among the file's entries.</summary>
internal static class ModelArrays
{
    private const string Weights = "weights/";
    private const string Means = "means";
    private const string Deviations = "deviations";

    /// <summary>A member's arrays by their names, without its number.</summary>
    public static IEnumerable<KeyValuePair<string, NumpyArray>> Of(ModelMember member) =>
        [
            .. member.Weights.Select(array => KeyValuePair.Create(Weights + array.Key, array.Value)),
            new(Means, NumpyArray.Of([.. member.Statistics.Means])),
            new(Deviations, NumpyArray.Of([.. member.Statistics.Deviations])),
        ];

    /// <summary>Reads the arrays of the member whose entries begin so, and takes them from the entries.</summary>
    public static (BandStatistics Statistics, IReadOnlyDictionary<string, NumpyArray> Weights) Take(
        string prefix,
        Dictionary<string, ZipArchiveEntry> entries
    )
    {
        BandStatistics statistics = new(Floats(Means), Floats(Deviations));
        Dictionary<string, NumpyArray> weights = new(StringComparer.Ordinal);
        var (from, to) = ((prefix + Weights).Length, NumpyArchive.Extension.Length);
        foreach (var name in entries.Keys.Where(name => name.StartsWith(prefix + Weights, StringComparison.Ordinal)))
            if (name.Length > from + to && name.EndsWith(NumpyArchive.Extension, StringComparison.Ordinal))
                weights.Add(name[from..^to], Array(name));
        return (statistics, weights);

        float[] Floats(string name) =>
            Array(prefix + name + NumpyArchive.Extension) is { Type: NumpyArray.Float32, Shape.Count: 1 } array
                ? array.Floats.ToArray()
                : throw new InvalidDataException($"its array {prefix}{name} is no row of float32");

        NumpyArray Array(string name)
        {
            if (!entries.Remove(name, out var entry))
                throw new InvalidDataException($"it has no array {name}");
            try
            {
                return NumpyArray.Read(NumpyArchive.BytesOf(entry));
            }
            catch (InvalidDataException damaged)
            {
                throw new InvalidDataException($"its array {name}: {damaged.Message}", damaged);
            }
        }
    }
}
