using Sed.Core.Corpora;
using Sed.Core.Features.Combined;
using TorchSharp;

namespace Sed.Core.Features.Store;

/// <summary>
/// Reads the features of a corpus from one store per feature source and converts them to one frame grid. Each source is
/// stored once, with its own hop. Reading is thread-safe.
/// </summary>
public sealed class CombinedStore : IFeatureReader, IDisposable
{
    private readonly CombinedFeatures definition;
    private readonly FeatureStore[] stores;
    private readonly FrameGrid[] grids;

    private CombinedStore(CombinedFeatures definition, FeatureStore[] stores)
    {
        (this.definition, this.stores) = (definition, stores);
        grids = [.. definition.Parts.Select(part => new FrameGrid(part.Source.HopSeconds, definition.HopSeconds))];
        Broken =
        [
            .. stores.SelectMany(store => store.Broken).DistinctBy(clip => clip.Index).OrderBy(clip => clip.Index),
        ];
    }

    /// <summary>
    /// Opens the features of a corpus, after extracting those that are missing. Returns a <see cref="FeatureStore"/>, or a
    /// <see cref="CombinedStore"/> for several sources. The caller disposes it.
    /// </summary>
    /// <inheritdoc cref="FeatureStore.Open"/>
    public static IFeatureReader Open(
        Manifest manifest,
        FeatureSource options,
        string directory,
        torch.Device? device = null,
        IProgress<ExtractionProgress>? progress = null,
        CancellationToken cancellation = default,
        FeaturePrecision precision = FeaturePrecision.Float32
    )
    {
        if (options is not CombinedFeatures combined)
            return FeatureStore.Open(manifest, options, directory, device, progress, cancellation, precision);
        List<FeatureStore> stores = [];
        try
        {
            foreach (var part in combined.Parts)
                stores.Add(
                    FeatureStore.Open(manifest, part.Source, directory, device, progress, cancellation, precision)
                );
            return new CombinedStore(combined, [.. stores]);
        }
        catch
        {
            stores.ForEach(store => store.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public int Count => stores[0].Count;

    /// <inheritdoc/>
    public int Frames => stores[0].Frames;

    /// <inheritdoc/>
    public int Bands => definition.Bands;

    /// <inheritdoc/>
    public string Title => definition.Title;

    /// <inheritdoc/>
    public IReadOnlyList<BrokenClip> Broken { get; }

    /// <inheritdoc/>
    public int FramesOf(int clip) => stores[0].FramesOf(clip);

    /// <inheritdoc/>
    public int FramesWithSound(int clip) => stores[0].FramesWithSound(clip);

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<int> clips, Span<float> destination)
    {
        var size = Frames * Bands;
        for (var i = 0; i < clips.Length; i++)
            Read(clips[i], 0, destination.Slice(i * size, size));
    }

    /// <inheritdoc/>
    public void Read(int clip, int first, Span<float> destination)
    {
        var available = Math.Clamp(FramesOf(clip) - first, 0, destination.Length / Bands);
        destination[(available * Bands)..].Clear();
        if (available == 0)
            return;
        var offset = 0;
        foreach (var (store, grid) in stores.Zip(grids))
        {
            var (from, end) = grid.Needed(first, available);
            var length = store.FramesOf(clip);
            var start = (int)Math.Clamp(from, 0, length - 1);
            var count = (int)Math.Clamp(end, start + 1, length) - start;
            var frames = new float[count * store.Bands];
            store.Read(clip, start, frames);
            grid.Convert(frames, start, store.Bands, first, destination[..(available * Bands)], Bands, offset);
            offset += store.Bands;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var store in stores)
            store.Dispose();
    }
}
