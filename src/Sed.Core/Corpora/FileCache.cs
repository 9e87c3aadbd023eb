using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>
/// Values computed from the contents of files, cached by path, size and modification time. Each root folder has one table,
/// which is replaced atomically, so that several processes can use it; a damaged table counts as empty.
/// </summary>
/// <param name="name">Name and version of the values; tables of a different version are ignored.</param>
/// <param name="compute">Computes the value of a file. Several threads call this function at the same time.</param>
/// <param name="format">Formats a value as text without line breaks; null if the value must not be cached.</param>
/// <param name="parse">Computes the value from the cached text and the file's stamp; null if the text is not valid.</param>
internal sealed class FileCache<T>(
    string name,
    Func<string, FileStamp, T> compute,
    Func<T, string?> format,
    Func<string, FileStamp, T?> parse
)
    where T : class
{
    private const string ChecksumPrefix = "# sha256 ";
    private string Header => $"# {name}";

    /// <summary>The value of each file, in the order of <paramref name="paths"/>.</summary>
    /// <param name="root">The folder that the files are in.</param>
    /// <param name="paths">The files.</param>
    /// <param name="folder">The folder of the tables; null caches nothing.</param>
    /// <param name="progress">Receives the number of finished files.</param>
    /// <param name="cancellation">Stops the computation; values computed until then are cached.</param>
    internal T[] ValuesOf(
        string root,
        IReadOnlyList<string> paths,
        string? folder,
        IProgress<(int Done, int All)>? progress = null,
        CancellationToken cancellation = default
    )
    {
        root = Path.GetFullPath(root);
        var table = folder is null ? null : TablePath(folder, root);
        var known = table is null ? [] : Load(table);
        var values = new T?[paths.Count];
        var entries = new (string Path, Entry Entry)?[paths.Count];
        var done = 0;
        var computed = 0;
        try
        {
            Workers.Run(
                paths.Count,
                i =>
                {
                    var relative = Path.GetRelativePath(root, paths[i]);
                    var stamp = FileStamp.Of(paths[i]);
                    if (known.TryGetValue(relative, out var entry) && entry.Stamp == stamp)
                        values[i] = parse(entry.Text, stamp);
                    if (values[i] is null)
                    {
                        var reliable = stamp.IsReliable;
                        values[i] = compute(paths[i], stamp);
                        entry = reliable && format(values[i]!) is { } text ? new Entry(stamp, text) : null;
                        if (entry is not null)
                            Interlocked.Increment(ref computed);
                    }
                    if (entry is not null)
                        entries[i] = (relative, entry);
                    progress?.Report((Interlocked.Increment(ref done), paths.Count));
                },
                cancellation
            );
        }
        finally
        {
            if (table is not null && computed > 0)
                Save(table, root, [.. entries.OfType<(string, Entry)>()]);
        }
        return values!;
    }

    /// <summary>Path of the table of a root folder.</summary>
    internal string TablePath(string folder, string root)
    {
        var key = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(root)));
        var word = name[..name.IndexOf(' ')];
        return Path.Combine(folder, $"{word}-{Convert.ToHexStringLower(key)[..16]}.tsv");
    }

    private Dictionary<string, Entry> Load(string table)
    {
        try
        {
            return File.Exists(table) ? Parse(File.ReadAllText(table)) : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private Dictionary<string, Entry> Parse(string text)
    {
        var end = text.LastIndexOf(ChecksumPrefix, StringComparison.Ordinal);
        if (end < 0 || text[end..] != ChecksumLine(text[..end]))
            return [];
        var lines = text[..end].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines[0] != Header)
            return [];
        Dictionary<string, Entry> known = new(lines.Length, StringComparer.Ordinal);
        foreach (var line in lines.AsSpan(1))
        {
            var fields = line.Split('\t', 4);
            known[fields[0]] = new Entry(
                new FileStamp(
                    long.Parse(fields[1], CultureInfo.InvariantCulture),
                    long.Parse(fields[2], CultureInfo.InvariantCulture)
                ),
                fields[3]
            );
        }
        return known;
    }

    // Entries of other files, which another process may have added, are kept while their files exist.
    private void Save(string table, string root, (string Path, Entry Entry)[] entries)
    {
        var all = new SortedDictionary<string, Entry>(StringComparer.Ordinal);
        foreach ((var path, var entry) in entries)
            if (path.IndexOfAny(['\t', '\n', '\r']) < 0)
                all[path] = entry;
        foreach ((var path, var entry) in Load(table))
            if (!all.ContainsKey(path) && File.Exists(Path.Combine(root, path)))
                all[path] = entry;
        StringBuilder text = new(Header + "\n");
        foreach ((var path, var entry) in all)
            text.Append(
                CultureInfo.InvariantCulture,
                $"{path}\t{entry.Stamp.Bytes}\t{entry.Stamp.Ticks}\t{entry.Text}\n"
            );
        try
        {
            var rows = text.ToString();
            AtomicFile.Write(table, rows + ChecksumLine(rows));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Without the table the values are computed again next time.
        }
    }

    private static string ChecksumLine(string rows) =>
        $"{ChecksumPrefix}{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rows)))}\n";

    private sealed record Entry(FileStamp Stamp, string Text);
}

/// <summary>SHA-256 hashes of the contents of files, cached by path, size and modification time.</summary>
internal static class ContentHashes
{
    private static readonly FileCache<string> Cache = new(
        "hashes 1",
        (path, _) => FileStamp.ContentHash(path),
        hash => hash,
        (text, _) => text
    );

    /// <summary>The hash of each file, 64 lower-case hexadecimal digits.</summary>
    /// <param name="root">The folder that the files are in.</param>
    /// <param name="paths">The files.</param>
    /// <param name="cache">The folder that hashes are cached in; null caches nothing.</param>
    internal static string[] Of(string root, IReadOnlyList<string> paths, string? cache) =>
        Cache.ValuesOf(root, paths, cache);
}
