using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sed.Core.Runtime;

namespace Sed.Core.Features.Store;

/// <summary>
/// The files of one feature store. The array is named features.npy.partial while rows are missing and is renamed to
/// features.npy when all rows are written, so features.npy is always complete.
/// </summary>
internal sealed class StoreFiles : IDisposable
{
    private readonly string folder;
    private readonly int rows;
    private readonly SafeFileHandle values;
    private readonly SafeFileHandle entries;

    private readonly FolderLock writing;

    private StoreFiles(
        string folder,
        int rows,
        int rowBytes,
        SafeFileHandle values,
        SafeFileHandle entries,
        FolderLock writing
    )
    {
        this.folder = folder;
        this.writing = writing;
        Writable = writing.Outcome == LockOutcome.Acquired;
        this.rows = rows;
        this.values = values;
        this.entries = entries;
        RowBytes = rowBytes;
    }

    internal static string Final(string folder) => Path.Combine(folder, "features.npy");

    internal static string Partial(string folder) => Path.Combine(folder, "features.npy.partial");

    private static string Entries(string folder) => Path.Combine(folder, "rows.bin");

    internal int RowBytes { get; }

    /// <summary>Whether rows can be written. A read-only store is usable only if it is complete.</summary>
    internal bool Writable { get; }

    /// <summary>Opens the existing files, or creates an empty array of the right size.</summary>
    /// <exception cref="FeatureStoreException">
    /// The disk has too little space, the store is missing and cannot be written, or features.npy or
    /// features.npy.partial is a folder.
    /// </exception>
    internal static StoreFiles Open(string folder, byte[] header, int rows, int rowBytes, FolderLock writing)
    {
        if (Directory.Exists(Final(folder)) || Directory.Exists(Partial(folder)))
            throw new FeatureStoreException(
                $"{folder}: there is a folder in place of the file features.npy or features.npy.partial; remove that folder to extract the features again."
            );
        var writable = writing.Outcome == LockOutcome.Acquired;
        if (!writable && !(File.Exists(Final(folder)) && File.Exists(Entries(folder))))
            throw Unwritable(folder, "features are missing", writing.Reason);
        var length = header.Length + ((long)rows * rowBytes);
        if (!File.Exists(Final(folder)) && !File.Exists(Partial(folder)))
            RequireSpace(folder, length + ((long)rows * RowEntry.Bytes));
        SafeFileHandle values = Open(File.Exists(Final(folder)) ? Final(folder) : Partial(folder), writable);
        SafeFileHandle entries = Open(Entries(folder), writable);
        StoreFiles files = new(folder, rows, rowBytes, values, entries, writing);
        try
        {
            files.TakeShape(header, length);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Throws if the store cannot be written.</summary>
    /// <param name="cause">The reason why the store must be written, as a message fragment.</param>
    /// <exception cref="FeatureStoreException">The store cannot be written.</exception>
    internal void RequireWritable(string cause)
    {
        if (!Writable)
            throw Unwritable(folder, cause, writing.Reason);
    }

    internal RowEntry[] ReadEntries()
    {
        var bytes = new byte[rows * RowEntry.Bytes];
        ReadFully(entries, bytes, 0);
        RowEntry[] result = new RowEntry[rows];
        for (var row = 0; row < rows; row++)
            result[row] = RowEntry.Read(bytes.AsSpan(row * RowEntry.Bytes));
        return result;
    }

    /// <summary>Reads a part of a row, starting at byte <paramref name="from"/> of the row.</summary>
    internal void ReadRow(int row, int from, Span<byte> target) => ReadFully(values, target, Offset(row) + from);

    /// <summary>
    /// Writes a row, then its entry. If the process is killed in between, the row counts as missing.
    /// </summary>
    /// <exception cref="FeatureStoreException">Writing fails.</exception>
    internal void WriteRow(int row, ReadOnlySpan<byte> source, RowEntry entry)
    {
        Span<byte> bytes = stackalloc byte[RowEntry.Bytes];
        entry.Write(bytes);
        try
        {
            RandomAccess.Write(values, source, Offset(row));
            RandomAccess.Write(entries, bytes, (long)row * RowEntry.Bytes);
        }
        catch (IOException refused)
        {
            throw new FeatureStoreException(
                $"{folder}: row {row} of the features cannot be written ({refused.Message}). The rows "
                    + "written so far stay valid; the next extraction continues from them.",
                refused
            );
        }
    }

    /// <summary>Renames features.npy to features.npy.partial, before rows are rewritten.</summary>
    /// <exception cref="LockLostException">Another process has taken over the lock.</exception>
    internal void Withdraw()
    {
        writing.ThrowIfLost();
        if (File.Exists(Final(folder)))
            File.Move(Final(folder), Partial(folder), overwrite: true);
    }

    /// <summary>Flushes the files to disk and renames features.npy.partial to features.npy.</summary>
    /// <exception cref="LockLostException">Another process has taken over the lock.</exception>
    internal void Publish()
    {
        if (File.Exists(Final(folder)))
            return;
        writing.ThrowIfLost();
        RandomAccess.FlushToDisk(values);
        RandomAccess.FlushToDisk(entries);
        File.Move(Partial(folder), Final(folder));
    }

    public void Dispose()
    {
        values.Dispose();
        entries.Dispose();
    }

    // Windows renames an open file only if its handle permits deletion.
    private static SafeFileHandle Open(string path, bool writable) =>
        writable
            ? File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete)
            : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private void TakeShape(byte[] header, long length)
    {
        if (Misshapen(header, length))
        {
            RequireWritable("features.npy has an unexpected shape or data type");
            Withdraw();
            RandomAccess.SetLength(values, length);
            RandomAccess.Write(values, header, 0);
        }
        var entriesLength = (long)rows * RowEntry.Bytes;
        if (RandomAccess.GetLength(entries) != entriesLength)
        {
            RequireWritable("rows.bin has an unexpected length");
            RandomAccess.SetLength(entries, entriesLength);
        }
    }

    private static FeatureStoreException Unwritable(string folder, string cause, string reason) =>
        new(
            $"{folder}: {cause}, but the folder cannot be written ({reason.TrimEnd('.')}). Copy the folder to a writable "
                + "location, or store the features elsewhere."
        );

    private bool Misshapen(byte[] header, long length)
    {
        var there = new byte[header.Length];
        return RandomAccess.GetLength(values) != length
            || RandomAccess.Read(values, there, 0) != header.Length
            || !there.AsSpan().SequenceEqual(header);
    }

    private long Offset(int row) => NpyHeader.Bytes + ((long)row * RowBytes);

    private static void ReadFully(SafeFileHandle file, Span<byte> target, long offset)
    {
        for (var got = 0; got < target.Length; )
        {
            var more = RandomAccess.Read(file, target[got..], offset + got);
            if (more == 0)
                throw new FeatureStoreException("A file of the feature store is shorter than expected.");
            got += more;
        }
    }

    private static void RequireSpace(string folder, long needed)
    {
        // On Windows, .NET cannot tell the free space of a network share.
        if (OperatingSystem.IsWindows() && Path.GetFullPath(folder).StartsWith(@"\\", StringComparison.Ordinal))
            return;
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (free < needed)
            throw new FeatureStoreException(
                $"{folder}: the features need {StorageSize.Print(needed)}, but only {StorageSize.Print(free)} are free; "
                    + $"free {StorageSize.Print(needed - free)}, store the features elsewhere, or use float16."
            );
    }
}
