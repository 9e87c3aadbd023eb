using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>
/// Atomic file writes. The content goes to a temporary file "name.place.process.start.unfinished", which is flushed to
/// disk and then renamed, so that readers see either the old file or the complete new file. Each write also deletes the
/// temporary files that ended processes have left in the folder. A file of a process that ran on this machine, in the
/// same boot and container, is deleted at once. Any other file is deleted one day after its last change, and so is a
/// file of a process that the system hides from this user. Links are followed. Pipes and devices are written directly.
/// </summary>
public static class AtomicFile
{
    private const string TemporarySuffix = ".unfinished";

    /// <summary>Maximum length of a file name in common file systems, in bytes of UTF-8.</summary>
    public const int MaxNameBytes = 255;

    private static readonly TimeSpan abandonedAfter = TimeSpan.FromDays(1);
    private static readonly ConcurrentDictionary<string, bool> unfinished = new(StringComparer.Ordinal);

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
    public static void Write(string path, Action<Stream> write) => Write(path, write, LockOwner.Here);

    /// <summary>
    /// Opens a file for atomic writing in several steps. <see cref="UnfinishedFile.Complete"/> gives the file its name.
    /// </summary>
    /// <param name="path">Path of the file; its folder is created if missing.</param>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static UnfinishedFile Begin(string path) => new(path, LockOwner.Here);

    /// <summary>Deletes the temporary files of this process. Called before an interrupted process ends.</summary>
    public static void DeleteUnfinished()
    {
        foreach (var file in unfinished.Keys)
            TryDelete(file);
    }

    internal static void Write(string path, Action<Stream> write, LockOwner writer)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        using UnfinishedFile file = new(path, writer);
        try
        {
            write(file.Content);
            file.Complete();
        }
        catch (IOException refused)
            when (file.Temporary is { } temporary && refused.Message.Contains(temporary, StringComparison.Ordinal))
        {
            throw NamedAs(path, temporary, refused);
        }
    }

    /// <summary>
    /// Returns the path of a new temporary file and registers it: <see cref="DeleteUnfinished"/> deletes registered
    /// files, and <see cref="Forget"/> ends the registration.
    /// </summary>
    internal static string Temporary(string target, LockOwner writer)
    {
        ClearAbandoned(Path.GetDirectoryName(target)!, writer);
        var suffix = string.Create(
            CultureInfo.InvariantCulture,
            $".{PlaceOf(writer)}.{writer.Process}.{writer.Started}{TemporarySuffix}"
        );
        var name = Path.GetFileName(target);
        // With the suffix, a long name could exceed the maximum length.
        if (Encoding.UTF8.GetByteCount(name + suffix) > MaxNameBytes)
            name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)), 0, 16);
        var file = Path.Combine(Path.GetDirectoryName(target)!, name + suffix);
        unfinished[file] = true;
        return file;
    }

    /// <summary>
    /// Ends the registration of a temporary file, so that <see cref="DeleteUnfinished"/> no longer deletes it.
    /// </summary>
    internal static void Forget(string temporary) => unfinished.TryRemove(temporary, out _);

    private static void ClearAbandoned(string folder, LockOwner here)
    {
        foreach (var file in Directory.GetFiles(folder, $"*{TemporarySuffix}"))
            if (IsAbandoned(file, here))
                TryDelete(file);
    }

    private static bool IsAbandoned(string file, LockOwner here)
    {
        var fields = Path.GetFileNameWithoutExtension(file).Split('.');
        if (
            fields.Length < 4
            || !int.TryParse(fields[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            || process < 1
        )
            return false;
        var isRunning = fields[^3] == PlaceOf(here) ? here.IsRunning(process, fields[^1]) : null;
        return isRunning is { } running ? !running : DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > abandonedAfter;
    }

    /// <summary>
    /// Returns a short identifier of the process namespace, the scope in which process identifiers are unique.
    /// </summary>
    private static string PlaceOf(LockOwner owner) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner.ProcessNamespace)), 0, 6);

    /// <summary>Copies an exception and replaces the temporary name in its message by the path of the file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="temporary">Path of the temporary file, as it occurs in the message.</param>
    /// <param name="refused">The exception.</param>
    internal static IOException NamedAs(string path, string temporary, Exception refused) =>
        new(refused.Message.Replace(temporary, path, StringComparison.Ordinal), refused.HResult);

    /// <summary>
    /// Deletes a file if possible; otherwise the file stays. If it is a temporary file, a later write to the same
    /// folder deletes it when the process that created it has ended or, if this is unknown, one day after the file's
    /// last change.
    /// </summary>
    internal static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The file belongs to another user, or the storage has become unavailable. Writes succeed without this
            // deletion.
        }
    }
}

/// <summary>
/// A file that is being written under a temporary name. Disposal without <see cref="Complete"/> deletes it.
/// </summary>
public sealed class UnfinishedFile : IDisposable
{
    private readonly string target;
    private bool isComplete;

    internal UnfinishedFile(string path, LockOwner writer)
    {
        if (FileIdentity.IsDevice(path))
        {
            target = path;
            Content = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            return;
        }
        target = Path.GetFullPath(FileIdentity.Target(path));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        Temporary = AtomicFile.Temporary(target, writer);
        try
        {
            Content = new FileStream(Temporary, FileMode.Create, FileAccess.Write, FileShare.Delete);
        }
        catch
        {
            AtomicFile.Forget(Temporary);
            throw;
        }
    }

    /// <summary>Path of the temporary file; null for a pipe or a device.</summary>
    internal string? Temporary { get; }

    /// <summary>The stream that receives the content.</summary>
    public Stream Content { get; }

    /// <summary>Flushes the content to disk and gives the file its name, replacing an existing file.</summary>
    /// <exception cref="IOException">The file cannot be written; an existing file stays as it is.</exception>
    public void Complete()
    {
        if (Temporary is null)
        {
            Content.Flush();
            return;
        }
        ((FileStream)Content).Flush(flushToDisk: true);
        File.Move(Temporary, target, overwrite: true);
        isComplete = true;
    }

    /// <summary>
    /// Closes the file, and deletes it unless it is complete. Does not throw: errors such as a full disk matter only
    /// for complete files, for which <see cref="Complete"/> has already reported them.
    /// </summary>
    public void Dispose()
    {
        try
        {
            Content.Dispose();
        }
        catch (IOException)
        {
            // The rest of the buffer cannot be written. This affects incomplete files only: a complete file has been
            // flushed before.
        }
        if (Temporary is null)
            return;
        if (!isComplete)
            AtomicFile.TryDelete(Temporary);
        AtomicFile.Forget(Temporary);
    }
}
