using System.Globalization;
using System.Security.Cryptography;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// The list of a made corpus's files with their hashes, written when it is made: by it a file is found that was changed since,
/// which would otherwise pass for what its corpus's name promises.
/// </summary>
internal static class SoundscapeSeal
{
    private const string Name = "made.tsv";

    /// <summary>Seals what a folder holds.</summary>
    internal static void Write(string folder)
    {
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        var lines = new string[files.Length];
        Workers.Run(
            files.Length,
            i =>
            {
                FileInfo file = new(files[i]);
                var path = Path.GetRelativePath(folder, files[i]).Replace('\\', '/');
                lines[i] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}\t{file.Length}\t{file.LastWriteTimeUtc.Ticks}\t{Hash(files[i])}"
                );
            },
            CancellationToken.None
        );
        AtomicFile.Write(
            Path.Combine(folder, Name),
            string.Join('\n', lines.Prepend("path\tbytes\tticks\tsha256")) + "\n"
        );
    }

    /// <summary>The files that are not as they were made, by their paths in the folder; none where nothing was sealed.</summary>
    internal static IReadOnlyList<string> Altered(string folder)
    {
        var seal = Path.Combine(folder, Name);
        if (!File.Exists(seal))
            return [];
        string[][] rows =
        [
            .. File.ReadLines(seal).Skip(1).Select(line => line.Split('\t')).Where(row => row.Length == 4),
        ];
        var altered = new bool[rows.Length];
        Workers.Run(
            rows.Length,
            i => altered[i] = IsAltered(Path.Combine(folder, rows[i][0]), rows[i]),
            CancellationToken.None
        );
        return [.. rows.Where((_, i) => altered[i]).Select(row => row[0])];
    }

    // Copies have other times, so the time alone says nothing but that the bytes have to be looked at.
    private static bool IsAltered(string path, string[] row)
    {
        FileInfo file = new(path);
        if (!file.Exists || file.Length.ToString(CultureInfo.InvariantCulture) != row[1])
            return true;
        return file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture) != row[2] && Hash(path) != row[3];
    }

    private static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
