using System.IO.Compression;
using ICSharpCode.SharpZipLib.Checksum;

namespace Sed.Core.Runtime;

/// <summary>
/// Reads and writes named arrays in NumPy's .npz format (<c>numpy.load</c>). Files are written atomically. Equal arrays
/// give identical bytes.
/// </summary>
public static class NumpyArchive
{
    internal const string Extension = ".npy";

    // The earliest time of the ZIP format. A fixed time keeps files reproducible.
    private static readonly DateTimeOffset fixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes a file atomically, replacing an existing one.</summary>
    /// <param name="path">Path of the file; its folder is created if missing.</param>
    /// <param name="arrays">Arrays by name, written in this order.</param>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NumpyArray>> arrays)
    {
        AtomicFile.Write(
            path,
            file =>
            {
                using var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
                foreach (var (name, array) in arrays)
                    Add(archive, name + Extension, array.Write);
            }
        );
    }

    /// <summary>Reads all arrays of a file, by name.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is damaged; the message names the file and, if known, the array.
    /// </exception>
    public static Dictionary<string, NumpyArray> Read(string path)
    {
        var arrays = new Dictionary<string, NumpyArray>();
        var reading = "";
        try
        {
            using var archive = ZipFile.OpenRead(path);
            foreach (var entry in archive.Entries)
            {
                reading = $", array {entry.FullName}";
                var name = entry.FullName.EndsWith(Extension, StringComparison.Ordinal)
                    ? entry.FullName[..^Extension.Length]
                    : entry.FullName;
                arrays[name] = NumpyArray.Read(BytesOf(entry));
            }
        }
        catch (InvalidDataException damaged)
        {
            // .NET's messages about a damaged ZIP directory are not understandable for users.
            var cause = reading == "" ? "the file is not a complete .npz archive" : damaged.Message.TrimEnd('.');
            throw new InvalidDataException($"{path}{reading}: {cause}.", damaged);
        }
        return arrays;
    }

    /// <summary>Adds an uncompressed entry with a fixed time.</summary>
    internal static void Add(ZipArchive archive, string name, Action<Stream> write)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = fixedTime;
        using var to = entry.Open();
        write(to);
    }

    /// <summary>Reads an entry's bytes and verifies length and checksum.</summary>
    /// <exception cref="InvalidDataException">
    /// Length or checksum differ from the archive's directory.
    /// </exception>
    internal static byte[] BytesOf(ZipArchiveEntry entry)
    {
        using var from = entry.Open();
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)entry.Length));
        if (from.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || from.ReadByte() >= 0)
            throw new InvalidDataException("its length differs from the length in the archive's directory");
        if (Checksum(bytes) != entry.Crc32)
            throw new InvalidDataException("its checksum is wrong");
        return bytes;
    }

    // .NET writes an entry's checksum but does not verify it.
    private static uint Checksum(byte[] bytes)
    {
        Crc32 sum = new();
        sum.Update(bytes);
        return (uint)sum.Value;
    }
}
