using System.IO.Compression;
using ICSharpCode.SharpZipLib.Checksum;

namespace Sed.Core.Runtime;

/// <summary>
/// Named arrays in one file, as <c>numpy.load</c> reads them (.npz). The same arrays give the same bytes; a file is there
/// whole or not at all.
/// </summary>
public static class NumpyArchive
{
    internal const string Extension = ".npy";

    // The archive's own time of no meaning, so that equal contents are equal files.
    private static readonly DateTimeOffset noTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the file, replacing one that is there only when all of it is on the disk.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="arrays">Arrays by name, written in this order.</param>
    public static void Write(string path, IEnumerable<KeyValuePair<string, NumpyArray>> arrays)
    {
        WholeFile.Write(
            path,
            file =>
            {
                using var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
                foreach (var (name, array) in arrays)
                    Add(archive, name + Extension, array.Write);
            }
        );
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">It is damaged; the message names the file and, where known, the array.</exception>
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
            // What the archive's own index lacks is told in words that only those who wrote it know.
            var cause = reading == "" ? "it is no whole archive of arrays" : damaged.Message.TrimEnd('.');
            throw new InvalidDataException($"{path}{reading}: {cause}.", damaged);
        }
        return arrays;
    }

    /// <summary>Adds an entry, stored and without a time.</summary>
    internal static void Add(ZipArchive archive, string name, Action<Stream> write)
    {
        var entry = archive.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = noTime;
        using var to = entry.Open();
        write(to);
    }

    /// <summary>An entry's bytes, as many as it says.</summary>
    /// <exception cref="InvalidDataException">There are fewer or more of them, or others.</exception>
    internal static byte[] BytesOf(ZipArchiveEntry entry)
    {
        using var from = entry.Open();
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)entry.Length));
        if (from.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || from.ReadByte() >= 0)
            throw new InvalidDataException("it has not the length that it states");
        if (Checksum(bytes) != entry.Crc32)
            throw new InvalidDataException("its bytes have changed");
        return bytes;
    }

    // .NET writes an entry's checksum, but does not look at it.
    private static uint Checksum(byte[] bytes)
    {
        Crc32 sum = new();
        sum.Update(bytes);
        return (uint)sum.Value;
    }
}
