using System.IO.Compression;

namespace Sed.Core.Runtime;

/// <summary>
/// Named arrays in one file, as <c>numpy.load</c> reads them (.npz). The same arrays give the same bytes; a file is there
/// whole or not at all.
/// </summary>
public static class NumpyArchive
{
    private const string Extension = ".npy";

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
                {
                    var entry = archive.CreateEntry(name + Extension, CompressionLevel.NoCompression);
                    entry.LastWriteTime = noTime;
                    using var to = entry.Open();
                    array.Write(to);
                }
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
                using var from = entry.Open();
                using var bytes = new MemoryStream();
                from.CopyTo(bytes);
                var name = entry.FullName.EndsWith(Extension, StringComparison.Ordinal)
                    ? entry.FullName[..^Extension.Length]
                    : entry.FullName;
                var read = bytes.ToArray();
                if (Checksum(read) != entry.Crc32)
                    throw new InvalidDataException("its bytes have changed");
                arrays[name] = NumpyArray.Read(read);
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

    /// <summary>CRC-32 as zip has it (polynomial 0xEDB88320); .NET writes it, but does not look at it.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
            sum = checksums[(byte)(sum ^ value)] ^ (sum >> 8);
        return ~sum;
    }

    private static readonly uint[] checksums = [.. Enumerable.Range(0, 256).Select(ChecksumOf)];

    private static uint ChecksumOf(int value)
    {
        var sum = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            sum = (sum & 1) != 0 ? 0xEDB88320u ^ (sum >> 1) : sum >> 1;
        return sum;
    }
}
