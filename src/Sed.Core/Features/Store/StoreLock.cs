using Sed.Core.Runtime;

namespace Sed.Core.Features.Store;

/// <summary>
/// The lock that lets one process at a time write a store, across machines. The lock of a dead process is taken over.
/// </summary>
internal static class StoreLock
{
    /// <summary>Acquires the lock, waiting while another process holds it.</summary>
    /// <returns>
    /// The lock. If the folder cannot be written, its outcome is not <see cref="LockOutcome.Acquired"/>. The caller
    /// disposes it.
    /// </returns>
    internal static FolderLock Take(string folder, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            FolderLock tried = FolderLock.Try(folder, "writing.lock");
            if (tried.Outcome != LockOutcome.HeldElsewhere)
                return tried;
            cancellation.WaitHandle.WaitOne(500);
        }
    }
}
