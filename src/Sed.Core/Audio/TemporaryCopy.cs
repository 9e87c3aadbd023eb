namespace Sed.Core.Audio;

/// <summary>A temporary file with the content of a stream.</summary>
internal sealed class TemporaryCopy : IDisposable
{
    private const int BlockBytes = 1 << 16;

    private TemporaryCopy(string path) => Path = path;

    /// <summary>Path of the file.</summary>
    internal string Path { get; }

    /// <summary>Copies a stream from its current position to its end.</summary>
    /// <param name="content">The stream.</param>
    /// <param name="cancellation">Cancels the copy before the next block.</param>
    internal static TemporaryCopy Of(Stream content, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        TemporaryCopy copy = new(System.IO.Path.GetTempFileName());
        try
        {
            using var file = File.OpenWrite(copy.Path);
            var block = new byte[BlockBytes];
            for (var count = content.Read(block); count > 0; count = content.Read(block))
            {
                cancellation.ThrowIfCancellationRequested();
                file.Write(block, 0, count);
            }
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => File.Delete(Path);
}
