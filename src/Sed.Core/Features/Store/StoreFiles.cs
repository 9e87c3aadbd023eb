using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

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

    private StoreFiles(string folder, int rows, int rowBytes, SafeFileHandle values, SafeFileHandle entries)
    {
        this.folder = folder;
        this.rows = rows;
        this.values = values;
        this.entries = entries;
        RowBytes = rowBytes;
    }

    internal static string Final(string folder) => Path.Combine(folder, "features.npy");

    internal static string Partial(string folder) => Path.Combine(folder, "features.npy.partial");

    private static string Entries(string folder) => Path.Combine(folder, "rows.bin");

    internal int RowBytes { get; }

    /// <summary>Opens what is there, or makes an empty array of the right size.</summary>
    /// <exception cref="FeatureStoreException">The disk has not enough space.</exception>
    internal static StoreFiles Open(string folder, byte[] header, int rows, int rowBytes)
    {
        long length = header.Length + ((long)rows * rowBytes);
        if (!File.Exists(Final(folder)) && !File.Exists(Partial(folder)))
            RequireSpace(folder, length + ((long)rows * RowEntry.Bytes));
        string path = File.Exists(Final(folder)) ? Final(folder) : Partial(folder);
        SafeFileHandle values = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        SafeFileHandle entries = File.OpenHandle(
            Entries(folder),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.ReadWrite
        );
        StoreFiles files = new(folder, rows, rowBytes, values, entries);
        if (files.Misshapen(header, length))
        {
            files.Withdraw();
            RandomAccess.SetLength(files.values, length);
            RandomAccess.Write(files.values, header, 0);
        }
        if (RandomAccess.GetLength(entries) != (long)rows * RowEntry.Bytes)
            RandomAccess.SetLength(entries, (long)rows * RowEntry.Bytes);
        return files;
    }

    internal RowEntry[] ReadEntries()
    {
        byte[] bytes = new byte[rows * RowEntry.Bytes];
        ReadFully(entries, bytes, 0);
        RowEntry[] result = new RowEntry[rows];
        for (int row = 0; row < rows; row++)
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
    internal void Withdraw()
    {
        if (File.Exists(Final(folder)))
            File.Move(Final(folder), Partial(folder), overwrite: true);
    }

    /// <summary>Gives the final name, once every row is there and on the disk.</summary>
    internal void Publish()
    {
        if (File.Exists(Final(folder)))
            return;
        RandomAccess.FlushToDisk(values);
        RandomAccess.FlushToDisk(entries);
        File.Move(Partial(folder), Final(folder));
    }

    public void Dispose()
    {
        values.Dispose();
        entries.Dispose();
    }

    private bool Misshapen(byte[] header, long length)
    {
        byte[] there = new byte[header.Length];
        return RandomAccess.GetLength(values) != length
            || RandomAccess.Read(values, there, 0) != header.Length
            || !there.AsSpan().SequenceEqual(header);
    }

    private long Offset(int row) => NpyHeader.Bytes + ((long)row * RowBytes);

    private static void ReadFully(SafeFileHandle file, Span<byte> target, long offset)
    {
        for (int got = 0; got < target.Length; )
        {
            int more = RandomAccess.Read(file, target[got..], offset + got);
            if (more == 0)
                throw new FeatureStoreException("A feature store became shorter while it was read.");
            got += more;
        }
    }

    private static void RequireSpace(string folder, long needed)
    {
        long free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (free < needed)
            throw new FeatureStoreException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{folder}: the features need {needed / 1e9:F2} GB, but {free / 1e9:F2} GB are free there; "
                        + $"make {(needed - free) / 1e9:F2} GB of room, or keep them elsewhere or in float16."
                )
            );
    }
}
