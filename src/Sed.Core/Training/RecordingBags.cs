using Sed.Core.Corpora;
using Sed.Core.Runtime;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// Weakly labelled recordings as bags of windows (multiple-instance learning). Weak labels apply to the whole recording
/// and not to each window, so all windows of a recording are in the same batch. If a recording has more windows than a
/// batch can hold, each epoch uses a random subset of its windows with the labels of the whole recording, although the
/// subset may not contain all labelled sounds. Larger batches, or shorter recordings, avoid this.
/// </summary>
internal sealed class RecordingBags
{
    private readonly ClipSet clips;
    private readonly Dictionary<Clip, int[]> windows;

    private RecordingBags(ClipSet clips, Dictionary<Clip, int[]> windows)
    {
        (this.clips, this.windows) = (clips, windows);
    }

    /// <summary>
    /// Finds the bags of a set of clips; null if no weakly labelled clip is a window of a longer recording.
    /// </summary>
    public static RecordingBags? Of(ClipSet clips, LabelAssignment assignment)
    {
        Dictionary<Clip, int[]> windows = new(ReferenceEqualityComparer.Instance);
        foreach (
            var recording in assignment
                .Of(LabelKind.Weak)
                .Where(clip => clips.Of(clip).Recording is not null)
                .GroupBy(clip => clips.Of(clip).Recording!, ReferenceEqualityComparer.Instance)
        )
            windows[(Clip)recording.Key!] = [.. recording];
        return windows.Count == 0 ? null : new RecordingBags(clips, windows);
    }

    /// <summary>Whether a clip is a window of a bag.</summary>
    public bool Contains(int clip) => RecordingOf(clip) is not null;

    /// <summary>Selects clips so that only the first window of each bag is left.</summary>
    /// <param name="among">The clips, as positions in the set.</param>
    public int[] Units(IEnumerable<int> among) =>
        [.. among.Where(clip => RecordingOf(clip) is not { } recording || windows[recording][0] == clip)];

    /// <summary>Returns the recording of a window of a bag; for other clips, the clip itself.</summary>
    /// <param name="clip">Position in the set.</param>
    public Clip LabelledBy(int clip) => RecordingOf(clip) ?? clips.Of(clip);

    /// <summary>
    /// Divides the clips of an epoch into batches without splitting bags. If a recording has more windows than a batch
    /// can hold, each epoch uses a random subset of its windows, as many as a batch can hold.
    /// </summary>
    /// <param name="order">
    /// The clips of the epoch, as positions in the set. All windows of a bag are placed at the position of the bag's
    /// first window in this order.
    /// </param>
    /// <param name="isOfUnits">
    /// Whether the order consists of <see cref="Units"/>. Each window in it then stands for its whole bag, so a bag can
    /// occur several times.
    /// </param>
    /// <param name="batchSize">Maximum number of clips of a batch.</param>
    /// <param name="seed">Seed of the training run.</param>
    /// <param name="epoch">Number of the epoch.</param>
    public int[][] Batches(int[] order, bool isOfUnits, int batchSize, long seed, int epoch)
    {
        var random = RandomSource.For(seed, "windows", epoch);
        HashSet<Clip> taken = new(ReferenceEqualityComparer.Instance);
        List<int[]> batches = [];
        List<int> batch = [];
        foreach (var clip in order)
        {
            int[] next = [clip];
            if (RecordingOf(clip) is { } recording)
            {
                if (!isOfUnits && !taken.Add(recording))
                    continue;
                next = [.. windows[recording]];
                if (next.Length > batchSize)
                {
                    random.Shuffle(next);
                    next = [.. next.Take(batchSize).Order()];
                }
            }
            if (batch.Count + next.Length > batchSize)
            {
                batches.Add([.. batch]);
                batch.Clear();
            }
            batch.AddRange(next);
        }
        batches.Add([.. batch]);
        return [.. batches];
    }

    /// <summary>
    /// Creates the weak targets of a batch. A clip that is not in a bag counts as a bag of its own. If two copies of a
    /// bag follow each other, the second copy begins where the positions of the windows stop increasing.
    /// </summary>
    public BatchTargets TargetsOf(int[] batch, Device device)
    {
        var classes = clips.Classes;
        var bags = new int[batch.Length];
        List<float> tags = [];
        List<float> known = [];
        var count = 0;
        for (var i = 0; i < batch.Length; i++)
        {
            var recording = RecordingOf(batch[i]);
            if (
                i == 0
                || recording is null
                || !ReferenceEquals(recording, RecordingOf(batch[i - 1]))
                || batch[i] <= batch[i - 1]
            )
            {
                var labelled = LabelledBy(batch[i]);
                tags.AddRange(classes.Select(labelled.WeakTargetOf));
                known.AddRange(classes.Select(label => labelled.UnknownLabels.Contains(label) ? 0f : 1f));
                count++;
            }
            bags[i] = count - 1;
        }
        return new BatchTargets(OfBags(tags)) { Bags = bags, KnownTags = known.Contains(0) ? OfBags(known) : null };

        Tensor OfBags(List<float> values) => tensor(values.ToArray(), [count, classes.Count], device: device);
    }

    private Clip? RecordingOf(int clip) =>
        clips.Of(clip).Recording is { } recording && windows.ContainsKey(recording) ? recording : null;
}
