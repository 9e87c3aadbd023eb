using Sed.Core.Runtime;

namespace Sed.Core.Features.Store;

/// <summary>Lets one process at a time write a store, on whatever machine; the right of one that is gone is taken over.</summary>
internal static class StoreLock
{
    /// <summary>Waits while another process has the lock.</summary>
    /// <returns>The lock, or that there can be none: then the store can only be read. Dispose it when done.</returns>
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
