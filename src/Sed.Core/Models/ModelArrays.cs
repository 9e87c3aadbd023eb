using System.IO.Compression;
using Sed.Core.Features;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>Converts the arrays of a model member to and from entries of a model file.</summary>
internal static class ModelArrays
{
    private const string Weights = "weights/";
    private const string Means = "means";
    private const string Deviations = "deviations";

    /// <summary>
    /// Returns the arrays of a member with their entry names. The names lack the prefix with the member's number.
    /// </summary>
    public static IEnumerable<KeyValuePair<string, NumpyArray>> Of(ModelMember member) =>
        [
            .. member.Weights.Select(array => KeyValuePair.Create(Weights + array.Key, array.Value)),
            new(Means, NumpyArray.Of([.. member.Statistics.Means])),
            new(Deviations, NumpyArray.Of([.. member.Statistics.Deviations])),
        ];

    /// <summary>Reads the arrays of a member and removes their entries from <paramref name="entries"/>.</summary>
    /// <param name="prefix">Common prefix of the member's entries, for example "1/".</param>
    /// <param name="entries">Entries of the file that have not been read yet, by name.</param>
    public static (BandStatistics Statistics, IReadOnlyDictionary<string, NumpyArray> Weights) Take(
        string prefix,
        Dictionary<string, ZipArchiveEntry> entries
    )
    {
        BandStatistics statistics = new(Vector(Means), Vector(Deviations));
        Dictionary<string, NumpyArray> weights = new(StringComparer.Ordinal);
        var (from, to) = ((prefix + Weights).Length, NumpyArchive.Extension.Length);
        foreach (var name in entries.Keys.Where(name => name.StartsWith(prefix + Weights, StringComparison.Ordinal)))
            if (name.Length > from + to && name.EndsWith(NumpyArchive.Extension, StringComparison.Ordinal))
                weights.Add(name[from..^to], Array(name));
        return (statistics, weights);

        float[] Vector(string name) =>
            Array(prefix + name + NumpyArchive.Extension) is { Type: NumpyArray.Float32, Shape.Count: 1 } array
                ? array.Floats.ToArray()
                : throw new InvalidDataException($"its array {prefix}{name} is not a one-dimensional float32 array");

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
