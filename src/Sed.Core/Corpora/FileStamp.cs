using System.Security.Cryptography;

namespace Sed.Core.Corpora;

/// <summary>Size and modification time of a file: an inexpensive test for changed content.</summary>
/// <param name="Bytes">Length of the file in bytes; 0 for a file that does not exist.</param>
/// <param name="Ticks">Modification time (UTC) in ticks of 100 ns.</param>
internal readonly record struct FileStamp(long Bytes, long Ticks)
{
    // Some file systems store times in steps of two seconds: content written within that time may not change the stamp.
    private static readonly long TimeStep = TimeSpan.FromSeconds(2).Ticks;

    /// <summary>The stamp of a file. A symbolic link has the stamp of its target.</summary>
    internal static FileStamp Of(string path)
    {
        FileInfo file = new(path);
        if (file.Exists && file.Attributes.HasFlag(FileAttributes.ReparsePoint))
            file = (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc.Ticks) : default;
    }

    /// <summary>
    /// Whether the stamp will change if the content changes from now on. False within two seconds of the modification
    /// time, because another change in this time could leave the stamp as it is.
    /// </summary>
    internal bool IsReliable => DateTime.UtcNow.Ticks - Ticks > TimeStep;

    /// <summary>SHA-256 of a file's content, 64 lower-case hexadecimal digits.</summary>
    internal static string ContentHash(string path)
    {
        using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            1 << 16,
            FileOptions.SequentialScan
        );
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
