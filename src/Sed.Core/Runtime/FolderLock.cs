using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sed.Core.Runtime;

/// <summary>Result of an attempt to acquire a <see cref="FolderLock"/>.</summary>
public enum LockOutcome
{
    /// <summary>This process holds the lock until it is disposed.</summary>
    Acquired,

    /// <summary>Another process, or another part of this one, holds the lock.</summary>
    HeldElsewhere,

    /// <summary>
    /// The lock file cannot be created: read-only storage, missing permissions, or another file or folder at its path.
    /// </summary>
    Unavailable,
}

/// <summary>
/// Thrown when another process has taken over a folder lock because this process did not renew it in time. The caller
/// must not write to the folder afterwards.
/// </summary>
/// <param name="folder">Path of the locked folder.</param>
public sealed class LockLostException(string folder)
    : Exception(
        $"Another process has taken over {folder}, because this process did not renew its lock in time; "
            + "wait until the other process has ended, then try again."
    );

/// <summary>
/// An exclusive lock on a folder, for processes on all machines that share it. The lock is a file that names the
/// process that owns it. It is created atomically (by a link or exclusive creation), which also works on network file
/// systems, and renewed every 15 s. A stale lock is taken over by the next process that tries to acquire it. A lock of
/// the same machine is stale if the process table no longer lists its owner. A lock of another machine, or of a process
/// that the system hides from this user, is stale if it was not renewed for 2 minutes by the clock of the file system.
/// </summary>
public sealed partial class FolderLock : IDisposable
{
    // Maximum number of attempts if the owner of the lock changes between two reads of the file.
    private const int Attempts = 8;

    private readonly string path;
    private readonly LockRecord? record;
    private readonly SafeFileHandle? file;
    private readonly ManualResetEventSlim ended = new();
    private readonly Thread? renewing;

    private FolderLock(LockOutcome outcome, string path, string reason)
    {
        Outcome = outcome;
        Reason = reason;
        this.path = path;
    }

    private FolderLock(string path, LockRecord record, SafeFileHandle file)
        : this(LockOutcome.Acquired, path, "")
    {
        this.record = record;
        this.file = file;
        renewing = new Thread(Renew) { IsBackground = true, Name = "folder lock" };
        renewing.Start();
    }

    /// <summary>Result of the attempt to acquire the lock.</summary>
    public LockOutcome Outcome { get; }

    /// <summary>The system's error message if the lock is unavailable; empty for the other outcomes.</summary>
    public string Reason { get; }

    /// <summary>
    /// Whether this process still holds the lock. A suspended process can lose it, so check before replacing a file.
    /// </summary>
    public bool IsHeld => record is not null && LockFile.Read(path)?.Token == record.Token;

    /// <summary>
    /// Tries once, without waiting, to acquire the lock. Failures are reported by <see cref="Reason"/>, not thrown.
    /// </summary>
    /// <param name="folder">Folder to lock; created if missing.</param>
    /// <param name="name">Name of the lock file in the folder.</param>
    /// <returns>The lock. Dispose it for every outcome.</returns>
    public static FolderLock Try(string folder, string name) => Try(folder, name, LockOwner.Here);

    /// <summary>
    /// Tries to take over a stale lock. If there is no lock file, the outcome is
    /// <see cref="LockOutcome.HeldElsewhere"/>.
    /// </summary>
    /// <param name="folder">Folder to lock.</param>
    /// <param name="name">Name of the lock file in the folder.</param>
    /// <returns>The lock. Dispose it for every outcome.</returns>
    public static FolderLock TryTakeOver(string folder, string name) =>
        Try(folder, name, LockOwner.Here, takeOverOnly: true);

    internal static FolderLock Try(string folder, string name, LockOwner owner, bool takeOverOnly = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var path = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(folder);
            return Acquire(path, owner, takeOverOnly);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new FolderLock(LockOutcome.Unavailable, path, refused.Message);
        }
    }

    /// <summary>Throws if this process no longer holds the lock.</summary>
    /// <exception cref="LockLostException">Another process has taken over the lock.</exception>
    public void ThrowIfLost()
    {
        if (!IsHeld)
            throw new LockLostException(Path.GetDirectoryName(path)!);
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose()
    {
        if (record is null || ended.IsSet)
            return;
        ended.Set();
        renewing!.Join();
        file!.Dispose();
        try
        {
            Remove();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The lock becomes stale because it is no longer renewed.
        }
    }

    private static FolderLock Acquire(string path, LockOwner owner, bool takeOverOnly)
    {
        var found = LockFile.Read(path);
        if (found is null ? takeOverOnly : owner.KnowsAlive(found))
            return new FolderLock(LockOutcome.HeldElsewhere, path, "");
        LockRecord record = new(Guid.NewGuid().ToString("N")[..16], owner);
        var candidate = $"{path}.{record.Token}";
        SafeFileHandle? file = null;
        var now = Write(candidate, path, record);
        try
        {
            for (var attempt = 0; attempt < Attempts && file is null; attempt++)
            {
                file = takeOverOnly ? null : MoveInto(candidate, path, record, overwrite: false);
                if (file is not null || (found = LockFile.Read(path)) is null)
                    continue;
                if (!owner.IsStale(found, now))
                    break;
                // A second lock lets one process at a time replace the stale one.
                using var takeover = Acquire($"{path}.{found.Token}", owner, takeOverOnly: false);
                if (takeover.Outcome == LockOutcome.HeldElsewhere)
                    break;
                if (LockFile.Read(path)?.Token == found.Token && takeover.IsHeld)
                    file = MoveInto(candidate, path, record, overwrite: true);
            }
            return file is null
                ? new FolderLock(LockOutcome.HeldElsewhere, path, "")
                : new FolderLock(path, record, file);
        }
        finally
        {
            File.Delete(candidate);
        }
    }

    /// <summary>
    /// Writes a new lock file and returns its modification time, by the clock of the file system: the clocks of the
    /// machines may differ.
    /// </summary>
    private static DateTime Write(string candidate, string path, LockRecord record)
    {
        var isCreated = false;
        try
        {
            using var file = Open(candidate, FileMode.CreateNew);
            isCreated = true;
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(record.Text(0)), 0);
            RandomAccess.FlushToDisk(file);
            return File.GetLastWriteTimeUtc(file);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            if (isCreated)
                File.Delete(candidate);
            throw AtomicFile.NamedAs(path, candidate, refused);
        }
    }

    private static SafeFileHandle Open(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>
    /// Moves a new lock file to the lock's path. If the file at this path is then the new one, returns it open for
    /// renewals; otherwise null. The result of the move itself is not used, because a network file system can report
    /// failure for a successful move.
    /// </summary>
    private static SafeFileHandle? MoveInto(string candidate, string path, LockRecord record, bool overwrite)
    {
        try
        {
            if (overwrite)
                File.Move(candidate, path, overwrite: true);
            else
                MoveToFree(candidate, path);
        }
        catch (IOException) when (Path.Exists(path)) { }
        if (LockFile.Read(path)?.Token != record.Token)
            return null;
        // The file is opened after the move: NFS keeps a deleted name of an open file as a file ".nfs...".
        var file = Open(path, FileMode.Open);
        if (LockFile.Read(path)?.Token == record.Token)
            return file;
        file.Dispose(); // another process has taken over the lock in the meantime
        return null;
    }

    /// <summary>
    /// Moves a file to a path at which no file exists. Of several simultaneous moves to one path, exactly one succeeds.
    /// On Unix, File.Move does not ensure this: it checks first and then renames.
    /// </summary>
    /// <exception cref="IOException">A file exists at the path, or the storage is not writable.</exception>
    internal static void MoveToFree(string from, string path)
    {
        if (OperatingSystem.IsWindows())
            File.Move(from, path, overwrite: false);
        else if (link(from, path) == 0)
            File.Delete(from);
        else
            ReserveAndMove(from, path);
    }

    /// <summary>
    /// Moves a file to a path at which no file exists, on file systems without links: creates an empty file at the path
    /// and then replaces it. An empty lock file counts as held.
    /// </summary>
    internal static void ReserveAndMove(string from, string path)
    {
        Open(path, FileMode.CreateNew).Dispose();
        try
        {
            File.Move(from, path, overwrite: true);
        }
        catch
        {
            AtomicFile.TryDelete(path);
            throw;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string path);

    /// <summary>Deletes the lock file unless another process has taken it over.</summary>
    private void Remove()
    {
        if (!IsHeld)
            return;
        var aside = $"{path}.{record!.Token}";
        File.Move(path, aside, overwrite: true);
        if (LockFile.Read(aside)?.Token == record.Token)
        {
            File.Delete(aside);
            return;
        }
        // The lock was taken over between the check and the move. Put the other process's file back, unless a third
        // process has already created one.
        try
        {
            MoveToFree(aside, path);
        }
        catch (IOException)
        {
            File.Delete(aside);
        }
    }

    private void Renew()
    {
        for (var renewals = 1; !ended.Wait(record!.Owner.RenewalInterval); renewals++)
            try
            {
                // Writing through the open handle does not change a lock file that another process has put in place of
                // this one.
                RandomAccess.Write(file!, Encoding.UTF8.GetBytes(record.Text(renewals)), 0);
                RandomAccess.FlushToDisk(file!);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // The storage may be unreachable for a moment. Owners check that they still hold the lock before they
                // write.
            }
    }
}
