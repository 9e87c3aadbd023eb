using System.Globalization;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>
/// Atomic file writes. The content is written to a temporary file "name.machine.process.unfinished", flushed to disk
/// and renamed, so readers see either the old or the complete new file. Each write also deletes abandoned temporary
/// files in the folder: those of dead processes of this machine, and those of other machines after one day.
/// </summary>
public static class AtomicFile
{
    private const string TemporarySuffix = ".unfinished";
    private static readonly TimeSpan abandonedAfter = TimeSpan.FromDays(1);

    /// <summary>Writes a text file in UTF-8 atomically, replacing an existing file.</summary>
    /// <param name="path">Path of the file; its folder is created if missing.</param>
    /// <param name="text">Content of the file.</param>
    /// <exception cref="IOException">The file cannot be written; an existing file stays as it is.</exception>
    public static void Write(string path, string text) => Write(path, file => file.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>
    /// Writes a text file atomically unless it already has this content, so that unchanged files may be on read-only
    /// storage.
    /// </summary>
    /// <param name="path">Path of the file; its folder is created if missing.</param>
    /// <param name="text">Content of the file.</param>
    /// <exception cref="IOException">The file cannot be written; an existing file stays as it is.</exception>
    public static void WriteIfChanged(string path, string text)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != text)
            Write(path, text);
    }

    /// <summary>Writes a file atomically, replacing an existing file.</summary>
    /// <param name="path">Path of the file; its folder is created if missing.</param>
    /// <param name="write">Writes the content to the stream.</param>
    /// <exception cref="IOException">The file cannot be written; an existing file stays as it is.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        ClearAbandoned(folder);
        var temporary = string.Create(
            CultureInfo.InvariantCulture,
            $"{path}.{Environment.MachineName}.{Environment.ProcessId}{TemporarySuffix}"
        );
        try
        {
            using FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.Delete);
            write(file);
            file.Flush(flushToDisk: true);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void ClearAbandoned(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, $"*{TemporarySuffix}"))
            if (ProcessOf(file) is { } process && IsAbandoned(file, process))
                File.Delete(file);
    }

    private static bool IsAbandoned(string file, int process)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var ofThisMachine = string.Create(CultureInfo.InvariantCulture, $".{Environment.MachineName}.{process}");
        return name.EndsWith(ofThisMachine, StringComparison.Ordinal)
            ? LockOwner.StartOf(process) is null
            : DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > abandonedAfter;
    }

    private static int? ProcessOf(string file)
    {
        var number = Path.GetExtension(Path.GetFileNameWithoutExtension(file)).TrimStart('.');
        return int.TryParse(number, CultureInfo.InvariantCulture, out var process) && process > 0 ? process : null;
    }
}
