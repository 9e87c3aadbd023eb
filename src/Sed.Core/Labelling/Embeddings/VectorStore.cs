using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using Sed.Core.Features.Store;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>
/// Vectors of recordings in two files: vectors.bin, an array of rows (<see cref="VectorForm"/>), and index.tsv, a row
/// for each recording with the SHA-256 of its content, its duration, its first row, the number of rows and a checksum.
/// Recordings can be added, but not changed or removed. A row of the index is written after the vectors, so an
/// interruption loses at most the recordings that are being added. Opening the store verifies the checksums; recordings
/// with damaged vectors are left out.
/// </summary>
internal sealed class VectorStore : IDisposable
{
    private const int KeyFormat = 1;

    private readonly Dictionary<string, VectorRange> ranges;
    private readonly FolderLock writing;
    private readonly SafeFileHandle? values;
    private readonly Lock turn = new();
    private bool isReleased;

    private VectorStore(
        string folder,
        VectorForm form,
        FolderLock writing,
        SafeFileHandle? values,
        Dictionary<string, VectorRange> ranges
    )
    {
        (Folder, Form, this.writing, this.values, this.ranges) = (folder, form, writing, values, ranges);
        Rows = ranges.Values.Select(range => range.First + range.Count).DefaultIfEmpty().Max();
    }

    /// <summary>The folder of the store.</summary>
    public string Folder { get; }

    /// <summary>The form of the rows.</summary>
    public VectorForm Form { get; }

    /// <summary>Number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>Path of vectors.bin.</summary>
    public string ValuesPath => Path.Combine(Folder, "vectors.bin");

    private string IndexPath => Path.Combine(Folder, "index.tsv");

    /// <summary>Opens or creates a store. Waits while another process writes the store.</summary>
    /// <param name="directory">Parent folder of all stores.</param>
    /// <param name="key">All that the vectors depend on, except the content of the recordings.</param>
    /// <param name="form">The form of the rows.</param>
    /// <param name="cancellation">Cancels waiting and the verification.</param>
    public static VectorStore Open(string directory, JsonObject key, VectorForm form, CancellationToken cancellation)
    {
        var complete = (JsonObject)key.DeepClone();
        complete["format"] = KeyFormat;
        complete["width"] = form.Width;
        complete["precision"] = CanonicalKey.Of(form.Precision);
        var folder = Path.Combine(directory, CanonicalKey.Hash(complete)[..24]);
        var writing = StoreLock.Take(folder, cancellation);
        SafeFileHandle? values = null;
        try
        {
            var isWritable = writing.Outcome == LockOutcome.Acquired;
            var path = Path.Combine(folder, "vectors.bin");
            if (isWritable || File.Exists(path))
                values = File.OpenHandle(
                    path,
                    isWritable ? FileMode.OpenOrCreate : FileMode.Open,
                    isWritable ? FileAccess.ReadWrite : FileAccess.Read,
                    FileShare.ReadWrite
                );
            VectorStore store = new(folder, form, writing, values, []);
            store.Load(cancellation);
            return store;
        }
        catch
        {
            values?.Dispose();
            writing.Dispose();
            throw;
        }
    }

    /// <summary>The vectors of a recording; null if the store does not contain the recording.</summary>
    /// <param name="content">SHA-256 of the audio file's content.</param>
    public VectorRange? Find(string content)
    {
        lock (turn)
            return ranges.GetValueOrDefault(content);
    }

    /// <summary>Adds the vectors of a recording. Thread-safe.</summary>
    /// <param name="content">SHA-256 of the audio file's content.</param>
    /// <param name="seconds">Duration of the recording in seconds.</param>
    /// <param name="vectors">Shape (stretches, width).</param>
    /// <exception cref="FeatureStoreException">The store cannot be written.</exception>
    public void Add(string content, double seconds, ReadOnlySpan<float> vectors)
    {
        var bytes = Form.ToBytes(vectors);
        lock (turn)
        {
            RequireWritable();
            VectorRange range = new(content, seconds, Rows, bytes.Length / Form.RowBytes);
            try
            {
                RandomAccess.Write(values!, bytes, range.First * Form.RowBytes);
                File.AppendAllText(IndexPath, RowOf(range, bytes));
            }
            catch (IOException refused)
            {
                throw new FeatureStoreException(
                    $"{Folder}: the vectors cannot be written ({refused.Message.TrimEnd('.')}). The vectors of the recordings added so far stay valid; the next run of the command continues from them.",
                    refused
                );
            }
            ranges[content] = range;
            Rows += range.Count;
        }
    }

    /// <summary>Throws if the store cannot be written.</summary>
    /// <exception cref="FeatureStoreException">The store cannot be written.</exception>
    public void RequireWritable()
    {
        if (isReleased || writing.Outcome != LockOutcome.Acquired)
            throw new FeatureStoreException(
                $"{Folder}: vectors are missing, but the folder cannot be written ({writing.Reason.TrimEnd('.')}). Store them in a different folder."
            );
        writing.ThrowIfLost();
    }

    /// <summary>Reads a vector.</summary>
    /// <param name="row">Number of the row.</param>
    /// <param name="vector">Receives the values.</param>
    public void Read(long row, Span<float> vector)
    {
        var bytes = new byte[Form.RowBytes];
        ReadBytes(row * Form.RowBytes, bytes);
        Form.Read(bytes, vector);
    }

    /// <summary>
    /// Releases the lock, so that other processes can write the store. After this call, <see cref="Add"/> fails.
    /// </summary>
    public void Release()
    {
        lock (turn)
        {
            if (!isReleased && writing.Outcome == LockOutcome.Acquired)
                RandomAccess.FlushToDisk(values!);
            isReleased = true;
            writing.Dispose();
        }
    }

    public void Dispose()
    {
        writing.Dispose();
        values?.Dispose();
    }

    private void Load(CancellationToken cancellation)
    {
        var text = File.Exists(IndexPath) ? File.ReadAllText(IndexPath) : "";
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var isFine = new bool[lines.Length];
        var read = new VectorRange?[lines.Length];
        Workers.Run(
            lines.Length,
            k => isFine[k] = (read[k] = Parsed(lines[k])) is { } range && IsIntact(range, lines[k]),
            cancellation
        );
        foreach (var k in Enumerable.Range(0, lines.Length).Where(k => isFine[k]))
            ranges[read[k]!.Content] = read[k]!;
        Rows = ranges.Values.Select(range => range.First + range.Count).DefaultIfEmpty().Max();
        // If the index does not end with a line break, the next row would be appended to a damaged one.
        if (writing.Outcome == LockOutcome.Acquired && (isFine.Contains(false) || (text != "" && text[^1] != '\n')))
            AtomicFile.Write(IndexPath, string.Concat(lines.Where((_, k) => isFine[k]).Select(line => $"{line}\n")));
    }

    private bool IsIntact(VectorRange range, string line)
    {
        if (values is null || range.First > RandomAccess.GetLength(values) / Form.RowBytes - range.Count)
            return false;
        var bytes = new byte[checked(range.Count * Form.RowBytes)];
        ReadBytes(range.First * Form.RowBytes, bytes);
        return RowOf(range, bytes).AsSpan().TrimEnd('\n').SequenceEqual(line);
    }

    private void ReadBytes(long offset, Span<byte> target)
    {
        while (target.Length > 0)
        {
            var count = RandomAccess.Read(values!, target, offset);
            if (count == 0)
                throw new FeatureStoreException($"{ValuesPath}: the file is shorter than its index states.");
            target = target[count..];
            offset += count;
        }
    }

    private static VectorRange? Parsed(string line)
    {
        var fields = line.Split('\t');
        return
            fields is [var content, var duration, var start, var rows, _]
            && double.TryParse(duration, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && seconds > 0
            && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(rows, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0
            ? new VectorRange(content, seconds, first, count)
            : null;
    }

    /// <summary>The row of the index. Its last field is the checksum of the other fields and the vectors.</summary>
    private static string RowOf(VectorRange range, ReadOnlySpan<byte> bytes)
    {
        var fields = string.Create(
            CultureInfo.InvariantCulture,
            $"{range.Content}\t{range.Seconds:R}\t{range.First}\t{range.Count}"
        );
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(Encoding.UTF8.GetBytes(fields));
        sha.AppendData(bytes);
        return $"{fields}\t{Convert.ToHexStringLower(sha.GetHashAndReset())[..32]}\n";
    }
}
