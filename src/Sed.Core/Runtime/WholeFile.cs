using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>
/// Files that are there whole or not at all: each grows as "name.process.unfinished" and takes its name by one renaming.
/// What a killed process left unfinished in a folder is cleared when the next file is written there.
/// </summary>
public static class WholeFile
{
    private const string Suffix = ".unfinished";

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
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        ClearAbandoned(folder);
        string unfinished = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}{Suffix}");
        try
        {
            // Open until it has its name: by that another machine sees that it is not abandoned.
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
        foreach (string file in Directory.GetFiles(folder, $"*{Suffix}"))
            if (ProcessOf(file) is { } process && !Lives(process) && !IsOpen(file))
                File.Delete(file);
    }

    private static int? ProcessOf(string file)
    {
        string number = Path.GetExtension(Path.GetFileNameWithoutExtension(file)).TrimStart('.');
        return int.TryParse(number, CultureInfo.InvariantCulture, out int process) && process > 0 ? process : null;
    }

    private static bool Lives(int process)
    {
        try
        {
            using Process living = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsOpen(string file)
    {
        try
        {
            using FileStream alone = new(file, FileMode.Open, FileAccess.Write, FileShare.None);
            return false;
        }
        catch (Exception other) when (other is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
