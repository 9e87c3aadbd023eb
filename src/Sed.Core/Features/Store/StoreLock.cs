namespace Sed.Core.Features.Store;

/// <summary>Lets one process at a time write a store; the lock ends with its process, however that ends.</summary>
internal static class StoreLock
{
    /// <summary>Waits for the lock. Dispose it when done.</summary>
    internal static FileStream Take(string folder, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(
                    Path.Combine(folder, "writing.lock"),
                    FileMode.OpenOrCreate,
                    FileAccess.Write,
                    FileShare.None
                );
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                cancellation.WaitHandle.WaitOne(200);
            }
        }
    }
}
