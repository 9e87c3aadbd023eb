using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Networks;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using static TorchSharp.torch;

namespace Sed.Core.Training.Clips;

/// <summary>
/// The readable clips of one split as network input: standardised features and labels. Clips whose audio cannot be read
/// are left out.
/// </summary>
public sealed partial class ClipSet : IDisposable
{
    private readonly Manifest manifest;
    private readonly IFeatureReader features;
    private readonly int[] rows;
    private readonly float[] weakTargets;
    private ResidentClips? resident;
    private IReadOnlyDictionary<string, float[]>? annotated; // null until it is first needed

    /// <param name="manifest">The corpus's clips and labels.</param>
    /// <param name="features">Features, one row per clip of the manifest.</param>
    /// <param name="statistics">Mean and standard deviation of each band.</param>
    /// <param name="split">The split whose clips the set contains.</param>
    /// <exception cref="ArgumentException">
    /// The split has no readable clips, or the features and the manifest have different numbers of clips.
    /// </exception>
    public ClipSet(Manifest manifest, IFeatureReader features, BandStatistics statistics, Split split)
    {
        if (features.Count != manifest.Clips.Count)
            throw new ArgumentException(
                $"The features cover {features.Count} clips, but the manifest has {manifest.Clips.Count}.",
                nameof(features)
            );
        // The row of an unreadable clip holds the features of silence, which do not match its labels.
        rows = [.. manifest.IndicesOf(split).Except(features.Broken.Select(broken => broken.Index))];
        if (rows.Length == 0)
            throw new ArgumentException($"{manifest.Corpus} has no readable {split} clips.", nameof(split));
        this.manifest = manifest;
        this.features = features;
        Statistics = statistics;
        Classes = manifest.Classes;
        Truth = ClipTruth.Of(manifest, rows);
        weakTargets = [.. rows.SelectMany(row => Classes.Select(manifest.Clips[row].WeakTargetOf))];
    }

    /// <summary>The classes, in the order of the label columns.</summary>
    public ClassList Classes { get; }

    /// <summary>Mean and standard deviation of each band, used for standardisation.</summary>
    public BandStatistics Statistics { get; }

    /// <summary>Feature frames per clip.</summary>
    public int Frames => features.Frames;

    /// <summary>Number of clips.</summary>
    public int Count => rows.Length;

    /// <summary>Manifest index of each clip.</summary>
    public IReadOnlyList<int> Rows => rows;

    /// <summary>The reference labels of the clips.</summary>
    public ClipTruth Truth { get; }

    /// <summary>The clips' names, as in the corpus's label files.</summary>
    public IReadOnlyList<string> Names => Truth.Names;

    /// <summary>Clip-level labels (tags), row-major, shape (clips, classes).</summary>
    public ReadOnlySpan<bool> Tags => Truth.Tags;

    /// <summary>The clips' reference events; null if any clip has no strong labels.</summary>
    public EventList? Events => Truth.Events;

    /// <summary>
    /// Maximum fraction of the process's available memory that the features may occupy if the device is a CPU. Default
    /// 0.25. With 0, the features are not kept in the memory of any device.
    /// </summary>
    internal double LargestResidentShare { get; init; } = 0.25;

    /// <summary>The manifest entry of a clip.</summary>
    /// <param name="clip">Position in this set.</param>
    internal Clip Of(int clip) => manifest.Clips[rows[clip]];

    internal Manifest Manifest => manifest;

    /// <summary>
    /// Whether the clips are recordings of any length, which networks process in overlapping windows.
    /// </summary>
    public bool AreRecordings => manifest.HopSeconds is not null;

    /// <summary>Whether padding is left out of the scored outputs and, by default, of training.</summary>
    internal bool MasksPadding => manifest.MasksPadding;

    /// <summary>Number of feature frames of a clip.</summary>
    /// <param name="clip">Position in this set.</param>
    internal int FramesOf(int clip) => features.FramesOf(rows[clip]);

    /// <summary>Returns the clips of an epoch in training order, as positions in this set.</summary>
    /// <param name="order">Shuffled or class-balanced.</param>
    /// <param name="seed">Seed of the training run.</param>
    /// <param name="epoch">Epoch number; each epoch has its own order.</param>
    /// <exception cref="ArgumentException">The order is class-balanced, but no clip has any class.</exception>
    public int[] Order(ClipOrder order, long seed, int epoch) =>
        Order(order, seed, epoch, [.. Enumerable.Range(0, Count)]);

    /// <summary>Returns the training order of an epoch that uses only some of the clips.</summary>
    /// <param name="order">Shuffled or class-balanced.</param>
    /// <param name="seed">Seed of the training run.</param>
    /// <param name="epoch">Epoch number.</param>
    /// <param name="among">The clips that the epoch uses, as positions in this set.</param>
    /// <param name="labelled">
    /// Returns the clip by whose labels the classes are balanced, given a position in this set. Null: the clip itself.
    /// </param>
    internal int[] Order(
        ClipOrder order,
        long seed,
        int epoch,
        IReadOnlyList<int> among,
        Func<int, Clip>? labelled = null
    )
    {
        int[] own = [.. among.Select(clip => rows[clip])];
        var positions = rows.Select((row, position) => (row, position)).ToDictionary(at => at.row, at => at.position);
        labelled ??= Of;
        var chosen =
            order == ClipOrder.Balanced
                ? EpochOrder.Balanced(manifest, own, row => labelled(positions[row]), seed, epoch)
                : EpochOrder.Shuffled(own, seed, epoch);
        return [.. chosen.Select(row => positions[row])];
    }

    /// <summary>
    /// Divides clips into batches, in order. If the features of the whole set fit in the memory of the device, the
    /// first call copies them there, and batches are gathered on the device. Otherwise the next batches are read from
    /// the store while the current batch is processed.
    /// </summary>
    /// <param name="order">The clips, as positions in this set.</param>
    /// <param name="batchSize">Number of clips per batch, positive; the last batch may have fewer.</param>
    /// <param name="device">Device of the batches.</param>
    public IEnumerable<ClipBatch> Batches(int[] order, int batchSize, Device device) =>
        Batches([.. order.Chunk(batchSize)], device);

    /// <summary>Returns the features of batches, in order. See <see cref="Batches(int[], int, Device)"/>.</summary>
    /// <param name="batches">The clips of each batch, as positions in this set.</param>
    /// <param name="device">Device of the batches.</param>
    internal IEnumerable<ClipBatch> Batches(int[][] batches, Device device)
    {
        resident ??= ResidentClips.Of(rows, features, Statistics, device, LargestResidentShare);
        return resident.All(device) is { } all
            ? batches.Select(clips => new ClipBatch(clips, () => Pick(all, clips)))
            : batches.Zip(
                BatchReader.Read(
                    features,
                    [.. batches.Select(clips => clips.Select(clip => rows[clip]).ToArray())],
                    Statistics
                ),
                (clips, read) => new ClipBatch(clips, () => Copy(read, device))
            );
    }

    /// <summary>Returns the standardised features of windows of the clips, shape (windows, frames, bands).</summary>
    /// <param name="windows">For each window, the position of its clip in this set and its first frame.</param>
    /// <param name="device">Device of the tensor. The caller owns it.</param>
    internal Tensor WindowsOf(IReadOnlyList<(int Clip, int First)> windows, Device device)
    {
        using var scope = NewDisposeScope();
        var size = features.Frames * features.Bands;
        var values = new float[windows.Count * size];
        Workers.Run(
            windows.Count,
            i =>
            {
                var own = values.AsSpan(i * size, size);
                var (clip, first) = windows[i];
                features.Read(rows[clip], first, own);
                Statistics.Apply(own, Math.Max(0, FramesWithSound(clip, first)));
            }
        );
        return ResidentClips.Copy(values, features).to(device).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Reads the standardised features of one clip from the store, shape (frames, bands). The caller owns the tensor.
    /// </summary>
    /// <param name="clip">Position in this set.</param>
    /// <param name="device">Device of the tensor.</param>
    public Tensor FeaturesOf(int clip, Device device)
    {
        using var scope = NewDisposeScope();
        var values = new float[features.Frames * features.Bands];
        features.Read([rows[clip]], values);
        Statistics.Apply(values, features.FramesWithSound(rows[clip]));
        return ResidentClips.Copy(values, features)[0].to(device).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Weak training targets, shape (batch, classes): 0 and 1, or confidences. The caller owns the tensor.
    /// </summary>
    /// <param name="clips">Indices of the clips in this set.</param>
    /// <param name="device">Device of the tensor.</param>
    public Tensor Labels(ReadOnlySpan<int> clips, Device device)
    {
        var labels = new float[clips.Length * Classes.Count];
        for (var i = 0; i < clips.Length; i++)
            WeakTargetsOf(clips[i]).CopyTo(labels.AsSpan(i * Classes.Count));
        return tensor(labels, [clips.Length, Classes.Count], device: device);
    }

    /// <summary>Weak training targets of a clip, shape (classes).</summary>
    /// <param name="clip">Position in this set.</param>
    internal ReadOnlySpan<float> WeakTargetsOf(int clip) => weakTargets.AsSpan(clip * Classes.Count, Classes.Count);

    /// <summary>
    /// Mask of the weak labels: 1 for annotated labels and 0 for labels that are not annotated, shape (batch, classes).
    /// Null if all labels of the set are annotated. The caller owns the tensor.
    /// </summary>
    /// <param name="clips">Indices of the clips in this set.</param>
    /// <param name="device">Device of the tensor.</param>
    internal Tensor? KnownLabels(ReadOnlySpan<int> clips, Device device)
    {
        if (Truth.KnownTags is not { } known)
            return null;
        var values = new float[clips.Length * Classes.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = known[(clips[i / Classes.Count] * Classes.Count) + (i % Classes.Count)] ? 1 : 0;
        return tensor(values, [clips.Length, Classes.Count], device: device);
    }

    /// <summary>
    /// Mask of the classes: 1 for classes that the corpus of a clip annotates and 0 for all others, shape (batch,
    /// classes). Null if all corpora annotate all classes, or if the weak output does not mask classes. The caller owns
    /// the tensor.
    /// </summary>
    /// <param name="weak">The weak output that uses the mask.</param>
    /// <param name="clips">Positions in this set.</param>
    /// <param name="device">Device of the tensor.</param>
    internal Tensor? AnnotatedClasses(WeakOutput weak, IReadOnlyCollection<int> clips, Device device)
    {
        if (!weak.MasksClasses)
            return null;
        annotated ??= manifest.AnnotatedClasses();
        return annotated.Count > 0
            ? tensor(
                clips.SelectMany(clip => annotated[Of(clip).Part ?? ""]).ToArray(),
                [clips.Count, Classes.Count],
                device: device
            )
            : null;
    }

    /// <summary>
    /// The padding mask: 1 for frames of the clip and 0 for the padding of short clips, shape (batch, frames). The
    /// caller owns the tensor.
    /// </summary>
    /// <param name="clips">Indices of the clips in this set.</param>
    /// <param name="frames">Number of output frames.</param>
    /// <param name="frameStep">Number of feature frames per output frame.</param>
    /// <param name="device">Device of the tensor.</param>
    public Tensor FramesWithSound(ReadOnlySpan<int> clips, int frames, double frameStep, Device device)
    {
        var sound = new int[clips.Length];
        for (var i = 0; i < clips.Length; i++)
            sound[i] = FramesWithSound(clips[i]);
        return PaddingMask.Of(sound, frames, frameStep, device);
    }

    /// <summary>
    /// Returns the number of feature frames from a given frame of a clip to the start of its padding. If the frame is
    /// padding, the number is 0 or negative.
    /// </summary>
    /// <param name="clip">Position in this set.</param>
    /// <param name="first">The frame. Default: the start of the clip.</param>
    internal int FramesWithSound(int clip, int first = 0) => features.FramesWithSound(rows[clip]) - first;

    /// <summary>Whether any of the clips is shorter than the input of a network.</summary>
    /// <param name="clips">Positions in this set.</param>
    internal bool HasPadding(IEnumerable<int> clips) => clips.Any(clip => FramesWithSound(clip) < Frames);

    /// <summary>Frees the features kept on a device. The set stays usable.</summary>
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
