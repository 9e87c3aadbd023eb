using System.IO.Compression;
using System.Text;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Weights;

/// <summary>
/// Reads the file format that PyTorch writes since version 1.6: a ZIP archive with the pickle FOLDER/data.pkl and one
/// entry FOLDER/data/KEY for each storage.
/// </summary>
internal static class TorchZip
{
    private const string PickleName = "/data.pkl";
    private const string ByteOrderName = "byteorder";

    /// <summary>Whether an archive has the format of PyTorch since version 1.6.</summary>
    public static bool Matches(IReadOnlyDictionary<string, ZipArchiveEntry> entries) => Folder(entries) is not null;

    /// <summary>Reads the state dict.</summary>
    /// <param name="entries">The archive's entries by name.</param>
    /// <param name="budget">Limits the total size of the tensors.</param>
    public static WeightFileContent Read(IReadOnlyDictionary<string, ZipArchiveEntry> entries, WeightBudget budget)
    {
        var folder = Folder(entries)!;
        if (entries.ContainsKey($"{folder}/constants.pkl"))
            throw new InvalidDataException(
                "it is a TorchScript program; save only the weights with torch.save(model.state_dict(), \"weights.pth\")"
            );
        if (
            entries.TryGetValue($"{folder}/{ByteOrderName}", out var order)
            && Encoding.ASCII.GetString(NumpyArchive.BytesOf(order)) != "little"
        )
            throw new InvalidDataException("it was written by a processor with another byte order");
        var pickle = Pickle.Read(
            new MemoryStream(NumpyArchive.BytesOf(entries[folder + PickleName])),
            TorchGlobals.Storage
        );
        Dictionary<string, byte[]> storages = new(StringComparer.Ordinal);
        return StateDictionary.Find(pickle, budget).Content("PyTorch", Bytes, budget);

        byte[] Bytes(TorchStorage storage)
        {
            if (!storages.TryGetValue(storage.Key, out var bytes))
                storages[storage.Key] = bytes = entries.TryGetValue($"{folder}/data/{storage.Key}", out var entry)
                    ? NumpyArchive.BytesOf(entry)
                    : throw new InvalidDataException(
                        $"the archive has no entry data/{storage.Key}, which should contain the values of a tensor"
                    );
            return bytes.Length >= storage.Bytes
                ? bytes
                : throw new InvalidDataException(
                    $"its storage {storage.Key} has {bytes.Length} bytes, but should have {storage.Bytes}"
                );
        }
    }

    private static string? Folder(IReadOnlyDictionary<string, ZipArchiveEntry> entries) =>
        entries.Keys.FirstOrDefault(name => name.EndsWith(PickleName, StringComparison.Ordinal))?[..^PickleName.Length];
}
