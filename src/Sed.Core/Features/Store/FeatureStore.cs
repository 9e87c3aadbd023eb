using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Sed.Core.Corpora;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features.Store;

/// <summary>
/// The features of a corpus in one NumPy file of shape (rows, frames, bands). With clips of fixed length, row i belongs
/// to clip i of the manifest. A recording of any length occupies consecutive rows of about 10 s each (see index.tsv).
/// Rows are read from the file on demand, so memory use does not grow with the corpus. An interrupted extraction
/// resumes with the missing rows. Opening the store verifies every row's checksum and extracts damaged rows again.
/// Reading is thread-safe.
/// </summary>
public sealed class FeatureStore : IFeatureReader, IDisposable
{
    // Increased when the values or the file layout change, so that stores of earlier versions are not reused.
    private const int KeyFormat = 2;

    private readonly StoreFiles files;
    private readonly FeaturePrecision precision;
    private readonly StoreRows rows;

    private FeatureStore(
        Manifest manifest,
        FeatureSource options,
        string folder,
        StoreFiles files,
        StoreRows rows,
        FeaturePrecision precision,
        IReadOnlyList<BrokenClip> broken
    )
    {
        Manifest = manifest;
        Options = options;
        Folder = folder;
        Broken = broken;
        this.files = files;
        this.rows = rows;
        this.precision = precision;
        Frames = options.FramesOf(SamplesPerClip(manifest, options));
    }

    /// <summary>The corpus whose features are stored.</summary>
    public Manifest Manifest { get; }

    /// <summary>The definition of the features.</summary>
    public FeatureSource Options { get; }

    /// <summary>The store's folder, which contains the array as features.npy.</summary>
    public string Folder { get; }

    /// <summary>
    /// Unreadable clips. Their features are placeholders (those of silence, or 0), so they must not be used as training
    /// examples.
    /// </summary>
    public IReadOnlyList<BrokenClip> Broken { get; }

    /// <summary>Number of clips of the manifest.</summary>
    public int Count => Manifest.Clips.Count;

    /// <summary>Number of frames per clip.</summary>
    public int Frames { get; }

    /// <summary>Number of values per frame.</summary>
    public int Bands => Options.Bands;

    /// <inheritdoc />
    public bool IsUniform => Options.IsUniform;

    /// <inheritdoc />
    public string Title => Options.Title;

    /// <summary>Opens the feature store of a corpus, after extracting the features that are missing.</summary>
    /// <param name="manifest">Corpus whose features are stored.</param>
    /// <param name="options">Definition of the features. Clips with a different sampling rate are resampled.</param>
    /// <param name="directory">Parent directory of all stores; each store has its own folder.</param>
    /// <param name="device">Device used for the extraction; null means the CPU.</param>
    /// <param name="progress">Receives the progress of the extraction at most five times per second.</param>
    /// <param name="cancellation">Stops the extraction; the rows written so far are kept.</param>
    /// <param name="precision">Number format of the stored values. Default float32.</param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists every problem.</exception>
    /// <exception cref="FeatureStoreException">
    /// The disk has too little space, or features are missing and the folder cannot be written.
    /// </exception>
    /// <exception cref="Audio.AudioFormatException">A clip needs ffmpeg, which is missing.</exception>
    public static FeatureStore Open(
        Manifest manifest,
        FeatureSource options,
        string directory,
        torch.Device? device = null,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default,
        FeaturePrecision precision = FeaturePrecision.Float32
    )
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        StoreRows rows = StoreRows.Of(manifest, options);
        var folder = Path.Combine(
            directory,
            FolderName(manifest, options, precision, options.ProviderOn(device ?? torch.CPU))
        );
        var rowBytes = rows.Frames * options.Bands * (precision == FeaturePrecision.Float32 ? 4 : 2);
        var header = NpyHeader.Of(precision, rows.Count, rows.Frames, options.Bands);
        using FolderLock writing = StoreLock.Take(folder, cancellation);
        StoreFiles files = StoreFiles.Open(folder, header, rows.Count, rowBytes, writing);
        try
        {
            if (files.Writable)
                StoreIndex.Write(folder, manifest, Stored(options), rows);
            Extraction extraction = new(manifest, options, files, rows, precision, device ?? torch.CPU, progress);
            IReadOnlyList<BrokenClip> broken = extraction.Complete(folder, cancellation);
            return new FeatureStore(manifest, options, folder, files, rows, precision, broken);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Reads the features of clips.</summary>
    /// <param name="clips">Manifest indices in the order of the output; an index may occur several times.</param>
    /// <param name="destination">Receives the features, shape (clips, frames, bands).</param>
    public void Read(ReadOnlySpan<int> clips, Span<float> destination)
    {
        var size = Frames * Bands;
        if (destination.Length != clips.Length * size)
            throw new ArgumentException(
                $"{clips.Length} clips of {Frames} x {Bands} need {clips.Length * size} values, but the destination has {destination.Length}.",
                nameof(destination)
            );
        for (var i = 0; i < clips.Length; i++)
            Read(clips[i], 0, destination.Slice(i * size, size));
    }

    /// <inheritdoc />
    public int FramesOf(int clip) =>
        Manifest.HopSeconds is null ? Frames : StoreRows.FramesOf(Manifest.Clips[clip], Options);

    /// <inheritdoc />
    public void Read(int clip, int first, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clip);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(clip, Count);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        var last = rows.FirstOf(clip) + rows.CountOf(clip);
        var row = rows.FirstOf(clip) + first / rows.Frames;
        var from = first % rows.Frames * Bands;
        for (; destination.Length > 0 && row < last; row++, from = 0)
        {
            var count = Math.Min(destination.Length, rows.Frames * Bands - from);
            ReadRow(row, from, destination[..count]);
            destination = destination[count..];
        }
        destination.Clear();
    }

    private void ReadRow(int row, int from, Span<float> target)
    {
        if (precision == FeaturePrecision.Float32)
        {
            files.ReadRow(row, from * sizeof(float), MemoryMarshal.AsBytes(target));
            return;
        }
        var rented = ArrayPool<Half>.Shared.Rent(target.Length);
        try
        {
            var halves = rented.AsSpan(0, target.Length);
            files.ReadRow(row, from * 2, MemoryMarshal.AsBytes(halves));
            for (var k = 0; k < target.Length; k++)
                target[k] = (float)halves[k];
        }
        finally
        {
            ArrayPool<Half>.Shared.Return(rented);
        }
    }

    /// <summary>Number of frames before the padding at the end of a short clip.</summary>
    /// <param name="clip">Manifest index.</param>
    public int FramesWithSound(int clip)
    {
        if (Manifest.HopSeconds is not null)
            return FramesOf(clip);
        var seconds = Math.Min(Manifest.Clips[clip].DurationSeconds, Manifest.ClipSeconds);
        var samples = (int)Math.Round(seconds * Options.SampleRate);
        return Math.Clamp((samples + Options.HopSamples - 1) / Options.HopSamples, 0, Frames);
    }

    /// <inheritdoc />
    public void Dispose() => files.Dispose();

    internal static int SamplesPerClip(Manifest manifest, FeatureSource definition) =>
        (int)Math.Round(manifest.ClipSeconds * definition.SampleRate);

    /// <summary>The definition of the stored features, which are not standardised.</summary>
    private static FeatureSource Stored(FeatureSource options) =>
        options.WithStandardisation(Standardisation.TrainingSet);

    internal static string FolderName(
        Manifest manifest,
        FeatureSource options,
        FeaturePrecision precision,
        string? provider = null
    )
    {
        JsonObject key = new()
        {
            ["format"] = KeyFormat,
            ["manifest"] = manifest.ContentHash,
            ["features"] = CanonicalKey.Node(Stored(options)),
            ["precision"] = CanonicalKey.Of(precision),
        };
        if (provider is not null)
            key["provider"] = provider;
        return CanonicalKey.Hash(key)[..24];
    }
}
