using System.Globalization;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// The list of a mixed corpus's files with their SHA-256 hashes, written after mixing. It reveals files that were changed later,
/// and supplies the content hashes of the corpus's clips.
/// </summary>
internal static class ChecksumList
{
    private const string Name = "checksums.tsv";
    private const string Header = "path\tbytes\tticks\tsha256";

    /// <summary>Writes the list of the files in a folder, with their sizes, times and hashes.</summary>
    internal static void Write(string folder)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        var lines = new string[files.Length];
        Workers.Run(
            files.Length,
            i =>
            {
                var path = Path.GetRelativePath(folder, files[i]).Replace('\\', '/');
                var stamp = FileStamp.Of(files[i]);
                // Without a reliable time, the content is compared whenever the corpus is opened.
                var ticks = stamp.IsReliable ? stamp.Ticks : 0;
                lines[i] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}\t{stamp.Bytes}\t{ticks}\t{FileStamp.ContentHash(files[i])}"
                );
            }
        );
        AtomicFile.Write(Path.Combine(folder, Name), string.Join('\n', lines.Prepend(Header)) + "\n");
    }

    /// <summary>Compares the files of a folder with its list of checksums.</summary>
    /// <returns>
    /// The changed or missing files, as paths relative to the folder, and the listed hash of each file by its full
    /// path. Both are empty if there is no list.
    /// </returns>
    internal static (IReadOnlyList<string> Altered, IReadOnlyDictionary<string, string> Hashes) Verify(string folder)
    {
        var list = Path.Combine(folder, Name);
        string[][] rows = File.Exists(list)
            ? [.. File.ReadLines(list).Skip(1).Select(line => line.Split('\t')).Where(row => row.Length == 4)]
            : [];
        var paths = Array.ConvertAll(
            rows,
            row => Path.Combine(folder, row[0].Replace('/', Path.DirectorySeparatorChar))
        );
        var altered = new bool[rows.Length];
        Workers.Run(rows.Length, i => altered[i] = IsAltered(paths[i], rows[i]));
        return (
            [.. rows.Where((_, i) => altered[i]).Select(row => row[0])],
            paths.Zip(rows).ToDictionary(file => file.First, file => file.Second[3], StringComparer.Ordinal)
        );
    }

    // Copied files have different times, so a different time only means that the contents must be compared.
    private static bool IsAltered(string path, string[] row)
    {
        var stamp = FileStamp.Of(path);
        return !File.Exists(path)
            || stamp.Bytes.ToString(CultureInfo.InvariantCulture) != row[1]
            || (stamp.Ticks.ToString(CultureInfo.InvariantCulture) != row[2] && FileStamp.ContentHash(path) != row[3]);
    }
}
