using System.Globalization;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>
/// Files that are there whole or not at all: each grows as "name.machine.process.unfinished" and takes its name by one
/// renaming. What a killed process left unfinished in a folder is cleared when the next file is written there; what was left
/// by another machine's, after a day.
/// </summary>
public static class WholeFile
{
    private const string Suffix = ".unfinished";
    private static readonly TimeSpan longAgo = TimeSpan.FromDays(1);

    /// <summary>Writes text as UTF-8, replacing a file that is there only when all of it is on the disk.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="text">All of its text.</param>
    /// <exception cref="IOException">It cannot be written; nothing of it is left, and what was there before stays.</exception>
    public static void Write(string path, string text) => Write(path, file => file.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes text unless the file has it already, so that what is finished can lie where nothing can be written.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="text">All of its text.</param>
    /// <exception cref="IOException">It cannot be written; nothing of it is left, and what was there before stays.</exception>
    public static void Keep(string path, string text)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != text)
            Write(path, text);
    }

    /// <summary>Writes a file, replacing one that is there only when all of it is on the disk.</summary>
    /// <param name="path">The file; its folder is made if need be.</param>
    /// <param name="write">Writes all of its bytes.</param>
    /// <exception cref="IOException">It cannot be written; nothing of it is left, and what was there before stays.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        ClearAbandoned(folder);
        var unfinished = string.Create(
            CultureInfo.InvariantCulture,
            $"{path}.{Environment.MachineName}.{Environment.ProcessId}{Suffix}"
        );
        try
        {
            using FileStream file = new(unfinished, FileMode.Create, FileAccess.Write, FileShare.Delete);
            write(file);
            file.Flush(flushToDisk: true);
            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static void ClearAbandoned(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, $"*{Suffix}"))
            if (ProcessOf(file) is { } process && IsAbandoned(file, process))
                File.Delete(file);
    }

    private static bool IsAbandoned(string file, int process)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var here = string.Create(CultureInfo.InvariantCulture, $".{Environment.MachineName}.{process}");
        return name.EndsWith(here, StringComparison.Ordinal)
            ? Claimant.StartOf(process) is null
            : DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > longAgo;
    }

    private static int? ProcessOf(string file)
    {
        var number = Path.GetExtension(Path.GetFileNameWithoutExtension(file)).TrimStart('.');
        return int.TryParse(number, CultureInfo.InvariantCulture, out var process) && process > 0 ? process : null;
    }
}
