using System.IO.Compression;

namespace Sed.Core.Tests.Networks.Weights;

/// <summary>Writes archives as PyTorch does, with any pickle.</summary>
internal static class TorchArchive
{
    /// <summary>Length of a storage of four floats.</summary>
    public const int StorageBytes = 16;

    /// <summary>Writes an archive with a pickle and one storage of zeros with the key 0.</summary>
    public static void Write(
        string file,
        byte[] pickle,
        CompressionLevel level = CompressionLevel.NoCompression,
        int storage = StorageBytes
    )
    {
        using ZipArchive archive = new(File.Create(file), ZipArchiveMode.Create);
        foreach (var (name, bytes) in new[] { ("a/data.pkl", pickle), ("a/data/0", new byte[storage]) })
        {
            using var to = archive.CreateEntry(name, level).Open();
            to.Write(bytes);
        }
    }
}
