using Sed.Core.Runtime;

namespace Sed.Core.Features.Store;

/// <summary>
/// A lock that allows only one process at a time to write a store, even if the processes run on different machines. A
/// lock is taken over if its process has ended. If this is unknown, as for a process on another machine, the lock is
/// taken over when it is no longer renewed.
/// </summary>
internal static class StoreLock
{
    /// <summary>Acquires the lock, waiting while another process holds it.</summary>
    /// <returns>
    /// The lock, which the caller disposes. If the folder cannot be written, the outcome of the lock is not
    /// <see cref="LockOutcome.Acquired"/>.
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
