using System.IO.Compression;
using System.Text.Json;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Weights;

/// <summary>
/// Reads archives of NumPy arrays: model files of this library (.sed) and network.npz of a trial's folder. For an ensemble,
/// only the first member is read.
/// </summary>
internal static class NumpyWeights
{
    private const string DescriptionName = "model.json";
    private const string MemberPrefix = "1/weights/";
    private const long LongestDescription = 4 << 20;

    /// <summary>Whether an archive is a model file of this library (.sed) or contains NumPy arrays.</summary>
    public static bool Matches(IReadOnlyDictionary<string, ZipArchiveEntry> entries) =>
        entries.ContainsKey(DescriptionName)
        || entries.Keys.Any(name => name.EndsWith(NumpyArchive.Extension, StringComparison.Ordinal));

    /// <summary>Reads the weights, and the classes of a model file.</summary>
    /// <param name="entries">The archive's entries by name.</param>
    /// <param name="budget">Limits the total size of the tensors.</param>
    public static WeightFileContent Read(IReadOnlyDictionary<string, ZipArchiveEntry> entries, WeightBudget budget)
    {
        var isModel = entries.TryGetValue(DescriptionName, out var description);
        var prefix = isModel ? MemberPrefix : "";
        List<WeightTensor> tensors = [];
        List<string> skipped = [];
        foreach (var (name, entry) in entries)
            if (
                name.StartsWith(prefix, StringComparison.Ordinal)
                && name.EndsWith(NumpyArchive.Extension, StringComparison.Ordinal)
            )
                tensors.Add(Tensor(name[prefix.Length..^NumpyArchive.Extension.Length], entry));
            else if (!isModel)
                skipped.Add(name);
        if (tensors.Count == 0)
            throw new InvalidDataException("it contains no arrays");
        var isEnsemble = isModel && entries.Keys.Any(name => name.StartsWith("2/", StringComparison.Ordinal));
        return new(isModel ? "model file" : "NumPy archive", tensors)
        {
            Classes = isModel ? Classes(description!) : null,
            Skipped = skipped,
            Notes = isEnsemble ? ["the weights are taken from the ensemble's first member"] : [],
        };

        WeightTensor Tensor(string name, ZipArchiveEntry entry)
        {
            try
            {
                var array = NumpyArray.Read(NumpyArchive.BytesOf(entry));
                budget.Take(array.Bytes.Length);
                return new(name, array);
            }
            catch (InvalidDataException damaged)
            {
                throw new InvalidDataException($"its array {name}: {damaged.Message}", damaged);
            }
        }
    }

    private static string[] Classes(ZipArchiveEntry entry)
    {
        if (entry.Length > LongestDescription)
            throw new InvalidDataException($"its {DescriptionName} has more than {LongestDescription} bytes");
        using var description = JsonDocument.Parse(NumpyArchive.BytesOf(entry));
        return
        [
            .. description.RootElement.GetProperty("classes").EnumerateArray().Select(label => label.GetString() ?? ""),
        ];
    }
}
