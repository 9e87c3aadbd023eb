using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>The clips of one split that can be heard, as a network takes them: standardised features and labels.</summary>
public sealed class ClipSet : IDisposable
{
    private readonly IFeatureSource features;
    private readonly BandStatistics statistics;
    private readonly int[] rows;
    private readonly bool[] tags;
    private ResidentClips? resident;

    /// <param name="manifest">The corpus.</param>
    /// <param name="features">Its features.</param>
    /// <param name="statistics">What the bands are standardised with.</param>
    /// <param name="split">Which clips.</param>
    /// <exception cref="ArgumentException">The split has no clips, or features and manifest do not belong together.</exception>
    public ClipSet(Manifest manifest, IFeatureSource features, BandStatistics statistics, Split split)
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
        Names = [.. rows.Select(row => manifest.Clips[row].Name)];
        this.features = features;
        this.statistics = statistics;
        Classes = manifest.Classes;
        tags = new bool[rows.Length * Classes.Count];
        for (var clip = 0; clip < rows.Length; clip++)
            foreach (var label in manifest.Clips[rows[clip]].WeakLabels)
                tags[clip * Classes.Count + Classes.IndexOf(label)] = true;
        Events = [.. rows.Select(row => manifest.Clips[row].StrongEvents)];
    }

    /// <summary>The classes, in the order of the labels.</summary>
    public ClassList Classes { get; }

    /// <summary>Number of clips.</summary>
    public int Count => rows.Length;

    /// <summary>The clips' names, as the corpus's label files write them.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether each clip has each class, clip after clip, shape (clips, classes).</summary>
    public ReadOnlySpan<bool> Tags => tags;

    /// <summary>The reference events of each clip; null where nobody wrote them down.</summary>
    public IReadOnlyList<IReadOnlyList<SoundEvent>?> Events { get; }

    /// <summary>
    /// A batch for the network. Where all features fit, they are kept on the device from the first batch on and batches are
    /// picked there; otherwise they are read for each batch. The caller owns both tensors.
    /// </summary>
    /// <param name="clips">Positions in this set.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <returns>Features, shape (batch, frames, bands), and weak labels as 0 and 1, shape (batch, classes).</returns>
    public (Tensor Features, Tensor Labels) Batch(ReadOnlySpan<int> clips, Device device)
    {
        using var scope = NewDisposeScope();
        var positions = new long[clips.Length];
        for (var i = 0; i < positions.Length; i++)
            positions[i] = clips[i];
        resident ??= ResidentClips.Of(Count, features.Frames, features.Bands, device, Read);
        if (resident.All(device) is not { } all)
            return (
                Read(clips).to(device).MoveToOuterDisposeScope(),
                Labels(clips).to(device).MoveToOuterDisposeScope()
            );
        var chosen = tensor(positions, device: device);
        return (
            all.index_select(0, chosen).MoveToOuterDisposeScope(),
            Labels(clips).to(device).MoveToOuterDisposeScope()
        );
    }

    /// <summary>1 for each frame with sound and 0 for the padding of short clips, shape (batch, frames). The caller owns it.</summary>
    /// <param name="clips">Positions in this set.</param>
    /// <param name="device">Where the tensor goes.</param>
    public Tensor FramesWithSound(ReadOnlySpan<int> clips, Device device)
    {
        var mask = new float[clips.Length * features.Frames];
        for (var i = 0; i < clips.Length; i++)
            mask.AsSpan(i * features.Frames, Math.Min(features.Frames, features.FramesWithSound(rows[clips[i]])))
                .Fill(1);
        return tensor(mask, [clips.Length, features.Frames], device: device);
    }

    /// <summary>Gives back the memory of features kept on a device; the set can still be used.</summary>
    public void Dispose()
    {
        resident?.Dispose();
        resident = null;
    }

    /// <summary>Standardised features of some clips, on the CPU.</summary>
    private Tensor Read(ReadOnlySpan<int> clips)
    {
        var size = features.Frames * features.Bands;
        var batch = new float[clips.Length * size];
        var chosen = new int[clips.Length];
        for (var i = 0; i < clips.Length; i++)
            chosen[i] = rows[clips[i]];
        features.Read(chosen, batch);
        for (var i = 0; i < clips.Length; i++)
            statistics.Apply(batch.AsSpan(i * size, size), features.FramesWithSound(chosen[i]));
        return tensor(batch, [clips.Length, features.Frames, features.Bands]);
    }

    private Tensor Labels(ReadOnlySpan<int> clips)
    {
        var labels = new float[clips.Length * Classes.Count];
        for (var i = 0; i < clips.Length; i++)
        for (var k = 0; k < Classes.Count; k++)
            labels[i * Classes.Count + k] = tags[clips[i] * Classes.Count + k] ? 1 : 0;
        return tensor(labels, [clips.Length, Classes.Count]);
    }
}
