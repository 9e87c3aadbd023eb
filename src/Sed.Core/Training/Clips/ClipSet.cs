using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Scoring;
using static TorchSharp.torch;

namespace Sed.Core.Training.Clips;

/// <summary>The clips of one split that can be heard, as a network takes them: standardised features and labels.</summary>
public sealed class ClipSet : IDisposable
{
    private readonly Manifest manifest;
    private readonly IFeatureReader features;
    private readonly int[] rows;
    private ResidentClips? resident;

    /// <param name="manifest">The corpus.</param>
    /// <param name="features">Its features.</param>
    /// <param name="statistics">What the bands are standardised with.</param>
    /// <param name="split">Which clips.</param>
    /// <exception cref="ArgumentException">The split has no clips, or features and manifest do not belong together.</exception>
    public ClipSet(Manifest manifest, IFeatureReader features, BandStatistics statistics, Split split)
    {
        if (features.Count != manifest.Clips.Count)
            throw new ArgumentException(
                $"There are features of {features.Count} clips, but {manifest.Clips.Count} clips in the manifest.",
                nameof(features)
            );
        // A clip that cannot be heard is no example of its labels.
        rows = [.. manifest.IndicesOf(split).Except(features.Broken.Select(broken => broken.Index))];
        if (rows.Length == 0)
            throw new ArgumentException($"{manifest.Corpus} has no {split} clips.", nameof(split));
        this.manifest = manifest;
        this.features = features;
        Statistics = statistics;
        Classes = manifest.Classes;
        Truth = ClipTruth.Of(manifest, rows);
    }

    /// <summary>The classes, in the order of the labels.</summary>
    public ClassList Classes { get; }

    /// <summary>What the bands are standardised with.</summary>
    public BandStatistics Statistics { get; }

    /// <summary>Frames of a clip's features.</summary>
    public int Frames => features.Frames;

    /// <summary>Number of clips.</summary>
    public int Count => rows.Length;

    /// <summary>The clips' positions in the manifest.</summary>
    public IReadOnlyList<int> Rows => rows;

    /// <summary>What is true of the clips.</summary>
    public ClipTruth Truth { get; }

    /// <summary>The clips' names, as the corpus's label files write them.</summary>
    public IReadOnlyList<string> Names => Truth.Names;

    /// <summary>Whether each clip has each class, clip after clip, shape (clips, classes).</summary>
    public ReadOnlySpan<bool> Tags => Truth.Tags;

    /// <summary>The clips' reference events; null where those of any clip are unknown.</summary>
    public EventList? Events => Truth.Events;

    /// <summary>
    /// Of the memory that this process may use, the share that features kept on the CPU take at most; 0 keeps none on any device.
    /// </summary>
    internal double LargestResidentShare { get; init; } = 0.25;

    /// <summary>What the corpus says of a clip.</summary>
    /// <param name="clip">Position in this set.</param>
    internal Clip Of(int clip) => manifest.Clips[rows[clip]];

    /// <summary>The corpus.</summary>
    internal Manifest Manifest => manifest;

    /// <summary>The positions of this set's clips in the order of an epoch.</summary>
    /// <param name="order">Which order.</param>
    /// <param name="seed">The training's seed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <exception cref="ArgumentException">Classes are to be balanced, but no clip has one.</exception>
    public int[] Order(ClipOrder order, long seed, int epoch) =>
        Order(order, seed, epoch, [.. Enumerable.Range(0, Count)]);

    /// <summary>The same for some of the clips.</summary>
    internal int[] Order(ClipOrder order, long seed, int epoch, IReadOnlyList<int> among)
    {
        int[] own = [.. among.Select(clip => rows[clip])];
        var chosen =
            order == ClipOrder.Balanced
                ? EpochOrder.Balanced(manifest, own, seed, epoch)
                : EpochOrder.Shuffled(own, seed, epoch);
        var positions = rows.Select((row, position) => (row, position)).ToDictionary(at => at.row, at => at.position);
        return [.. chosen.Select(row => positions[row])];
    }

    /// <summary>
    /// Batches for the network, in order. Where all features fit, they are kept on the device from the first batch on and
    /// batches are picked there; otherwise the next batches are read while one is worked on.
    /// </summary>
    /// <param name="order">Positions in this set.</param>
    /// <param name="batchSize">Clips in a batch, positive; the last batch may have fewer.</param>
    /// <param name="device">Where the features go.</param>
    public IEnumerable<ClipBatch> Batches(int[] order, int batchSize, Device device)
    {
        resident ??= ResidentClips.Of(rows, features, Statistics, device, LargestResidentShare);
        return resident.All(device) is { } all
            ? order.Chunk(batchSize).Select(clips => new ClipBatch(clips, () => Pick(all, clips)))
            : order
                .Chunk(batchSize)
                .Zip(
                    BatchReader.Read(features, [.. order.Select(clip => rows[clip])], batchSize, Statistics),
                    (clips, read) => new ClipBatch(clips, () => Copy(read, device))
                );
    }

    /// <summary>The standardised features of one clip, read anew, shape (frames, bands). The caller owns the tensor.</summary>
    /// <param name="clip">Position in this set.</param>
    /// <param name="device">Where the tensor goes.</param>
    public Tensor FeaturesOf(int clip, Device device)
    {
        using var scope = NewDisposeScope();
        var values = new float[features.Frames * features.Bands];
        features.Read([rows[clip]], values);
        Statistics.Apply(values, features.FramesWithSound(rows[clip]));
        return ResidentClips.Copy(values, features)[0].to(device).MoveToOuterDisposeScope();
    }

    /// <summary>Weak labels as 0 and 1, shape (batch, classes). The caller owns the tensor.</summary>
    /// <param name="clips">Positions in this set.</param>
    /// <param name="device">Where the tensor goes.</param>
    public Tensor Labels(ReadOnlySpan<int> clips, Device device)
    {
        var labels = new float[clips.Length * Classes.Count];
        for (var i = 0; i < clips.Length; i++)
        for (var k = 0; k < Classes.Count; k++)
            labels[i * Classes.Count + k] = Truth.Tags[clips[i] * Classes.Count + k] ? 1 : 0;
        return tensor(labels, [clips.Length, Classes.Count], device: device);
    }

    /// <summary>1 for each frame with sound and 0 for the padding of short clips, shape (batch, frames). The caller owns it.</summary>
    /// <param name="clips">Positions in this set.</param>
    /// <param name="frames">Frames of the output that is masked.</param>
    /// <param name="frameStep">Frames of the features from one of them to the next.</param>
    /// <param name="device">Where the tensor goes.</param>
    public Tensor FramesWithSound(ReadOnlySpan<int> clips, int frames, double frameStep, Device device)
    {
        var mask = new float[clips.Length * frames];
        for (var i = 0; i < clips.Length; i++)
        {
            var heard = Math.Min(features.Frames, features.FramesWithSound(rows[clips[i]]));
            // Where layers pool over time, a frame counts in which anything can be heard.
            mask.AsSpan(i * frames, (int)Math.Min(frames, Math.Ceiling(heard / frameStep))).Fill(1);
        }
        return tensor(mask, [clips.Length, frames], device: device);
    }

    /// <summary>Gives back the memory of features kept on a device; the set can still be used.</summary>
    public void Dispose()
    {
        resident?.Dispose();
        resident = null;
    }

    private Tensor Copy(FeatureBatch read, Device device)
    {
        using var scope = NewDisposeScope();
        return ResidentClips.Copy(read.Values.Span, features).to(device).MoveToOuterDisposeScope();
    }

    private static Tensor Pick(Tensor all, int[] clips)
    {
        using var scope = NewDisposeScope();
        var chosen = tensor(clips, device: all.device);
        return all.index_select(0, chosen).MoveToOuterDisposeScope();
    }
}
