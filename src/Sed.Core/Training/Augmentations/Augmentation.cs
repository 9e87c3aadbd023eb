using Sed.Core.Runtime;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// A data augmentation of training batches, as data. Each case has its own file in this folder. Random numbers are
/// drawn on the host from one generator per epoch; the arithmetic runs on the batch's device.
/// </summary>
public abstract record Augmentation
{
    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>All problems of the augmentation's parameters; empty if they are valid.</summary>
    public abstract IEnumerable<Problem> Problems();

    /// <summary>
    /// Whether a mean teacher and its student receive independent draws. If true, the augmentation changes only
    /// features. If false (the default), both receive the same augmented batch, and the labels may change too.
    /// </summary>
    internal virtual bool IsPerNetwork => false;

    /// <summary>Whether the augmentation combines clips and their labels. Default false.</summary>
    public virtual bool CombinesClips => false;

    /// <summary>Augments a batch. The result may have fewer clips.</summary>
    /// <param name="batch">Features and targets; the tensors belong to the current dispose scope.</param>
    /// <param name="draw">Random generator of the epoch.</param>
    internal abstract AugmentedBatch Apply(AugmentedBatch batch, Random draw);

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;
}

/// <summary>The features and targets of a training batch.</summary>
/// <param name="Features">
/// Standardised features (mean 0 per band) or the output of the network's first normalisation, shape (batch, frames,
/// bands).
/// </param>
/// <param name="Targets">Weak and strong targets.</param>
/// <param name="Sound">
/// 1 for output frames of the clip and 0 for the padding of short clips, shape (batch, output frames); null if padding
/// is part of the loss.
/// </param>
/// <param name="FrameStep">Feature frames per output frame. Default 1.</param>
internal sealed record AugmentedBatch(
    Tensor Features,
    BatchTargets Targets,
    Tensor? Sound = null,
    double FrameStep = 1
);

/// <summary>
/// Applies the augmentations in order: first the augmentations that student and teacher share, then the augmentations
/// that are drawn independently for each network.
/// </summary>
internal sealed class AugmentationPipeline(IReadOnlyList<Augmentation> augmentations)
{
    /// <summary>Applies the augmentations that teacher and student share.</summary>
    public AugmentedBatch Shared(AugmentedBatch batch, Random draw) =>
        augmentations
            .Where(augmentation => !augmentation.IsPerNetwork)
            .Aggregate(batch, (changed, augmentation) => augmentation.Apply(changed, draw));

    /// <summary>
    /// Applies the augmentations that are drawn independently for each network, and returns the features.
    /// </summary>
    public Tensor PerNetwork(AugmentedBatch batch, Random draw) =>
        augmentations
            .Where(augmentation => augmentation.IsPerNetwork)
            .Aggregate(batch, (changed, augmentation) => augmentation.Apply(changed, draw))
            .Features;
}
