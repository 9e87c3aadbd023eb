using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Features;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>The clips of one split that can be heard, as a network takes them: standardised features and labels.</summary>
public sealed class ClipSet
{
    private readonly IFeatureSource features;
    private readonly BandStatistics statistics;
    private readonly int[] rows;
    private readonly bool[] tags;

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

    /// <summary>A batch for the network. The caller owns both tensors.</summary>
    /// <param name="clips">Positions in this set.</param>
    /// <param name="device">Where the tensors go.</param>
    /// <returns>Features, shape (batch, frames, bands), and weak labels as 0 and 1, shape (batch, classes).</returns>
    public (Tensor Features, Tensor Labels) Batch(ReadOnlySpan<int> clips, Device device)
    {
        var size = features.Frames * features.Bands;
        var batch = new float[clips.Length * size];
        var labels = new float[clips.Length * Classes.Count];
        Span<int> chosen = stackalloc int[clips.Length];
        for (var i = 0; i < clips.Length; i++)
        {
            chosen[i] = rows[clips[i]];
            for (var k = 0; k < Classes.Count; k++)
                labels[i * Classes.Count + k] = tags[clips[i] * Classes.Count + k] ? 1 : 0;
        }
        features.Read(chosen, batch);
        for (var i = 0; i < clips.Length; i++)
            statistics.Apply(batch.AsSpan(i * size, size), features.FramesWithSound(chosen[i]));
        return (
            tensor(batch, [clips.Length, features.Frames, features.Bands], device: device),
            tensor(labels, [clips.Length, Classes.Count], device: device)
        );
    }
}
