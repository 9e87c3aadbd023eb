using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Sed.Core.Corpora;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features.Store;

/// <summary>
/// The features of every clip of a corpus in one file: a NumPy array (clips, frames, bands), whose row i belongs to
/// clip i of the manifest. Rows are read from the file when they are asked for, so memory does not grow with the corpus.
/// An extraction that was stopped, in whatever way, goes on where it was; a damaged row is found by its checksum when the
/// store is opened and made anew. Reading is safe from several threads.
/// </summary>
public sealed class FeatureStore : IFeatureReader, IDisposable
{
    // Raised when stores of earlier versions hold other values or another layout.
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

    /// <summary>The corpus.</summary>
    public Manifest Manifest { get; }

    /// <summary>The features' definition.</summary>
    public FeatureSource Options { get; }

    /// <summary>The store's folder; "features.npy" in it is the array.</summary>
    public string Folder { get; }

    /// <summary>Clips whose sound cannot be read. Their rows hold the features of silence; leave them out of training.</summary>
    public IReadOnlyList<BrokenClip> Broken { get; }

    /// <summary>Number of rows: the manifest's clips.</summary>
    public int Count => Manifest.Clips.Count;

    /// <summary>Frames of each clip.</summary>
    public int Frames { get; }

    /// <summary>Values of each frame.</summary>
    public int Bands => Options.Bands;

    /// <inheritdoc />
    public bool IsUniform => Options.IsUniform;

    /// <summary>Opens the store of a corpus and a definition, and first computes what is not in it yet.</summary>
    /// <param name="manifest">The corpus.</param>
    /// <param name="options">The features' definition; clips of another sample rate than its own are resampled.</param>
    /// <param name="directory">Where stores are kept, each in a folder of its own.</param>
    /// <param name="device">Where to compute; null takes the CPU.</param>
    /// <param name="progress">Told about the extraction a few times per second.</param>
    /// <param name="cancellation">Stops the extraction; what is done stays done.</param>
    /// <param name="precision">How values are kept. Default float32.</param>
    /// <exception cref="ArgumentException">The options cannot be used.</exception>
    /// <exception cref="FeatureStoreException">
    /// The disk has not enough space; or nothing can be written there, and not all features are there already.
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

    /// <summary>Reads clips' features.</summary>
    /// <param name="clips">Positions in the manifest, in the order wanted; one may occur several times.</param>
    /// <param name="destination">Receives clip after clip, shape (clips, frames, bands).</param>
    public void Read(ReadOnlySpan<int> clips, Span<float> destination)
    {
        var size = Frames * Bands;
        if (destination.Length != clips.Length * size)
            throw new ArgumentException(
                $"{clips.Length} clips of {Frames} x {Bands} need {clips.Length * size} values, got room for {destination.Length}.",
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

    /// <summary>How many of a clip's frames lie inside its sound; those after them are padding.</summary>
    /// <param name="clip">Position in the manifest.</param>
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
