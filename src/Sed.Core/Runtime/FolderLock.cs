namespace Sed.Core.Runtime;

/// <summary>
/// The right to work in a folder, which one process at a time can have. It ends with its process, however that ends.
/// </summary>
public sealed class FolderLock : IDisposable
{
    // How a file that is open elsewhere is told: EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int inUse =
        OperatingSystem.IsWindows() ? unchecked((int)0x80070020)
        : OperatingSystem.IsLinux() ? 11
        : 35;

    private readonly FileStream? file;

    private FolderLock(LockOutcome outcome, FileStream? file, string reason)
    {
        Outcome = outcome;
        Reason = reason;
        this.file = file;
    }

    /// <summary>Whether the right is this process's, another's, or cannot be had.</summary>
    public LockOutcome Outcome { get; }

    /// <summary>Why the lock cannot be made, in the system's words; empty in the other cases.</summary>
    public string Reason { get; }

    /// <summary>Asks once, without waiting. Throws nothing: what goes wrong is the lock's <see cref="Reason"/>.</summary>
    /// <param name="folder">The folder; made if need be.</param>
    /// <param name="name">The file in it that stands for the right; it is left there, empty.</param>
    /// <returns>The answer; dispose it when done.</returns>
    public static FolderLock Try(string folder, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, name);
            FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            return new FolderLock(LockOutcome.Mine, file, "");
        }
        catch (IOException other) when (other.HResult == inUse)
        {
            return new FolderLock(LockOutcome.Held, null, "");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new FolderLock(LockOutcome.CannotBeMade, null, refused.Message);
        }
    }

    /// <summary>Gives the right back.</summary>
    public void Dispose() => file?.Dispose();
}
