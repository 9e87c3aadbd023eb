using System.Security.Cryptography;
using Sed.Core.Runtime;

namespace Sed.Core.Features;

/// <summary>
/// A file that is needed to compute features, for example the ONNX file of an encoder. It is on disk or inside a model
/// file.
/// </summary>
internal sealed class FeatureFile
{
    private readonly string? path;
    private readonly byte[]? bytes;

    /// <summary>A file on disk. It is read when it is needed.</summary>
    public FeatureFile(string path)
    {
        this.path = path;
        Name = OneLine.Of(Path.GetFileName(path));
    }

    /// <summary>A file in memory, from a model file.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="bytes">Content of the file.</param>
    public FeatureFile(string name, byte[] bytes) => (Name, this.bytes) = (name, bytes);

    /// <summary>File name without folders, for messages and plans.</summary>
    public string Name { get; }

    /// <summary>Reads the content.</summary>
    /// <exception cref="IOException">The file cannot be read, or has more than 2 GiB.</exception>
    public byte[] Read()
    {
        if (bytes is not null)
            return bytes;
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder, not a file");
        if (!File.Exists(path))
            throw new IOException($"there is no file {path}");
        if (FileIdentity.IsDevice(path))
            throw new IOException($"{path} is a pipe or a device, not a file");
        if (new FileInfo(path).Length > Array.MaxLength)
            throw new IOException($"{path} has more than {Array.MaxLength} bytes");
        return File.ReadAllBytes(path);
    }

    /// <summary>SHA-256 of the content of a file, as 64 hexadecimal digits.</summary>
    public static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
