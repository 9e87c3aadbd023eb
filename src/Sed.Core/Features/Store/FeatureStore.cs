using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Sed.Core.Corpora;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features.Store;

/// <summary>
/// The features of a corpus in one NumPy file of shape (clips, frames, bands); row i belongs to clip i of the manifest.
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

    private FeatureStore(
        Manifest manifest,
        FeatureSource options,
        string folder,
        StoreFiles files,
        FeaturePrecision precision,
        IReadOnlyList<BrokenClip> broken
    )
    {
        Manifest = manifest;
        Options = options;
        Folder = folder;
        Broken = broken;
        this.files = files;
        this.precision = precision;
        Frames = options.FramesOf(SamplesPerClip(manifest, options));
    }

    /// <summary>The corpus whose clips the rows belong to.</summary>
    public Manifest Manifest { get; }

    /// <summary>The definition of the features.</summary>
    public FeatureSource Options { get; }

    /// <summary>The store's folder, which contains the array as features.npy.</summary>
    public string Folder { get; }

    /// <summary>
    /// Unreadable clips. Their rows hold the features of silence and must not be used as training examples.
    /// </summary>
    public IReadOnlyList<BrokenClip> Broken { get; }

    /// <summary>Number of rows, one per clip of the manifest.</summary>
    public int Count => Manifest.Clips.Count;

    /// <summary>Number of frames per clip.</summary>
    public int Frames { get; }

    /// <summary>Number of values per frame.</summary>
    public int Bands => Options.Bands;

    /// <inheritdoc />
    public bool IsUniform => Options.IsUniform;

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
        var frames = options.FramesOf(SamplesPerClip(manifest, options));
        var folder = Path.Combine(directory, FolderName(manifest, options, precision));
        var rowBytes = frames * options.Bands * (precision == FeaturePrecision.Float32 ? 4 : 2);
        var header = NpyHeader.Of(precision, manifest.Clips.Count, frames, options.Bands);
        using FolderLock writing = StoreLock.Take(folder, cancellation);
        StoreFiles files = StoreFiles.Open(folder, header, manifest.Clips.Count, rowBytes, writing);
        try
        {
            if (files.Writable)
                StoreIndex.Write(folder, manifest, options);
            Extraction extraction = new(manifest, options, files, precision, device ?? torch.CPU, progress);
            IReadOnlyList<BrokenClip> broken = extraction.Complete(folder, cancellation);
            return new FeatureStore(manifest, options, folder, files, precision, broken);
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
        Span<Half> halves = precision == FeaturePrecision.Float16 ? new Half[size] : [];
        for (var i = 0; i < clips.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(clips[i], nameof(clips));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(clips[i], Count, nameof(clips));
            Span<float> row = destination.Slice(i * size, size);
            if (precision == FeaturePrecision.Float32)
            {
                files.ReadRow(clips[i], MemoryMarshal.AsBytes(row));
                continue;
            }
            files.ReadRow(clips[i], MemoryMarshal.AsBytes(halves));
            for (var k = 0; k < size; k++)
                row[k] = (float)halves[k];
        }
    }

    /// <summary>Number of frames before the padding at the end of a short clip.</summary>
    /// <param name="clip">Manifest index.</param>
    public int FramesWithSound(int clip)
    {
        var seconds = Math.Min(Manifest.Clips[clip].DurationSeconds, Manifest.ClipSeconds);
        var samples = (int)Math.Round(seconds * Options.SampleRate);
        return Math.Clamp((samples + Options.HopSamples - 1) / Options.HopSamples, 0, Frames);
    }

    /// <inheritdoc />
    public void Dispose() => files.Dispose();

    internal static int SamplesPerClip(Manifest manifest, FeatureSource definition) =>
        (int)Math.Round(manifest.ClipSeconds * definition.SampleRate);

    internal static string FolderName(Manifest manifest, FeatureSource options, FeaturePrecision precision)
    {
        JsonObject key = new()
        {
            ["format"] = KeyFormat,
            ["manifest"] = manifest.Hash,
            ["features"] = CanonicalKey.Node(options),
            ["precision"] = CanonicalKey.Of(precision),
        };
        return CanonicalKey.Hash(key)[..24];
    }
}
