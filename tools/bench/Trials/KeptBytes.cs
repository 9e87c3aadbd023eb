using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Sed.Bench;

/// <summary>Comparison of the results in two run folders, without times and numbers of threads.</summary>
internal static partial class KeptBytes
{
    private static readonly string[] kept = [".json", ".npz"];
    private static readonly string[] times = ["seconds", "clips per second"];

    /// <summary>Whether two folders have identical trials and tables.</summary>
    public static bool Same(string expected, string found) => Of(expected).SequenceEqual(Of(found));

    /// <summary>Hashes of all result files, and the table without its columns of training times.</summary>
    private static List<string> Of(string folder)
    {
        var trials = Path.Combine(folder, "trials");
        List<string> digits =
        [
            .. Directory
                .GetFiles(trials, "*", SearchOption.AllDirectories)
                .Where(file => kept.Contains(Path.GetExtension(file)))
                .Order(StringComparer.Ordinal)
                .Select(file =>
                    $"{Path.GetRelativePath(trials, file)} {Convert.ToHexString(SHA256.HashData(Bytes(file)))}"
                ),
        ];
        var table = File.ReadAllLines(Directory.GetFiles(Path.Combine(folder, "tables"), "*.csv").Single())
            .Select(line => BetweenCells().Split(line))
            .ToArray();
        int[] same =
        [
            .. Enumerable.Range(0, table[0].Length).Where(column => !times.Contains(table[0][column].Trim('"'))),
        ];
        digits.AddRange(table.Select(cells => string.Join(',', same.Select(column => cells[column]))));
        return digits;
    }

    // Commas outside quotation marks; row names may contain commas.
    [GeneratedRegex(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")]
    private static partial Regex BetweenCells();

    // Results record the number of threads, which does not affect anything else.
    private static byte[] Bytes(string file) =>
        Path.GetExtension(file) == ".npz"
            ? File.ReadAllBytes(file)
            : System.Text.Encoding.UTF8.GetBytes(
                string.Join('\n', File.ReadAllLines(file).Where(line => !line.Contains("\"Threads\"")))
            );
}
