using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sed.Core.Runtime;

namespace Sed.Core.Features.Store;

/// <summary>
/// The files of one store. While rows are missing the array is called features.npy.partial; it takes its name only when
/// every row is in it, so that nothing which looks complete is not.
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

    /// <summary>Whether rows can be written; where not, the store is finished or of no use.</summary>
    internal bool Writable { get; }

    /// <summary>Opens what is there, or makes an empty array of the right size.</summary>
    /// <exception cref="FeatureStoreException">The disk has not enough space, cannot be written and has no such array, or has a folder in its place.</exception>
    internal static StoreFiles Open(string folder, byte[] header, int rows, int rowBytes, FolderLock writing)
    {
        if (Directory.Exists(Final(folder)) || Directory.Exists(Partial(folder)))
            throw new FeatureStoreException(
                $"{folder}: there is a folder where the file features.npy belongs. Remove it, and the features are made again."
            );
        var writable = writing.Outcome == LockOutcome.Acquired;
        if (!writable && !(File.Exists(Final(folder)) && File.Exists(Entries(folder))))
            throw Unwritable(folder, "the features are not all there", writing.Reason);
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

    /// <exception cref="FeatureStoreException">The storage cannot be written; says what would have been.</exception>
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

    internal void ReadRow(int row, Span<byte> target) => ReadFully(values, target, Offset(row));

    internal void ReadRow(int row, Span<float> target) => ReadRow(row, MemoryMarshal.AsBytes(target));

    /// <summary>Writes a row, then its entry: killed in between, the row counts as empty.</summary>
    /// <exception cref="FeatureStoreException">The disk does not take it.</exception>
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
                $"{folder}: the features of clip {row} cannot be written ({refused.Message}). What is there stays valid; the "
                    + "next run goes on from it.",
                refused
            );
        }
    }

    /// <summary>Takes the final name away, before rows are rewritten.</summary>
    /// <exception cref="LockLostException">Another process has the right to write meanwhile.</exception>
    internal void Withdraw()
    {
        writing.ThrowIfLost();
        if (File.Exists(Final(folder)))
            File.Move(Final(folder), Partial(folder), overwrite: true);
    }

    /// <summary>Gives the final name, once every row is there and on the disk.</summary>
    /// <exception cref="LockLostException">Another process has the right to write meanwhile.</exception>
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

    private static SafeFileHandle Open(string path, bool writable) =>
        writable
            ? File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite)
            : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    private void TakeShape(byte[] header, long length)
    {
        if (Misshapen(header, length))
        {
            RequireWritable("features.npy has another shape than its features");
            Withdraw();
            RandomAccess.SetLength(values, length);
            RandomAccess.Write(values, header, 0);
        }
        var entriesLength = (long)rows * RowEntry.Bytes;
        if (RandomAccess.GetLength(entries) != entriesLength)
        {
            RequireWritable("rows.bin has another length than its features");
            RandomAccess.SetLength(entries, entriesLength);
        }
    }

    private static FeatureStoreException Unwritable(string folder, string cause, string reason) =>
        new(
            $"{folder}: {cause}, and nothing can be written there ({reason.TrimEnd('.')}). Copy the folder to where it can be "
                + "written, or keep the features elsewhere."
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
                throw new FeatureStoreException("A feature store became shorter while it was read.");
            got += more;
        }
    }

    private static void RequireSpace(string folder, long needed)
    {
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (free < needed)
            throw new FeatureStoreException(
                $"{folder}: the features need {StorageSize.Print(needed)}, but {StorageSize.Print(free)} are free there; "
                    + $"make {StorageSize.Print(needed - free)} of room, or keep them elsewhere or in float16."
            );
    }
}
