using Sed.Core.Runtime;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// A random change of training batches, as data; each kind is a file beside this one. Random numbers are drawn on the host, from
/// one generator per epoch; the arithmetic runs on the batch's device.
/// </summary>
public abstract record Augmentation
{
    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>Every reason the augmentation cannot be used; empty when it can.</summary>
    public abstract IEnumerable<Problem> Problems();

    /// <summary>
    /// Whether a mean teacher and its student receive different draws. Only features change then. False (the default): both
    /// receive the same batch, whose labels may change with the sound.
    /// </summary>
    internal virtual bool IsPerNetwork => false;

    /// <summary>Changes a batch.</summary>
    /// <param name="batch">Features and targets; tensors live in the current dispose scope.</param>
    /// <param name="draw">This epoch's generator.</param>
    internal abstract AugmentedBatch Apply(AugmentedBatch batch, Random draw);

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;
}

/// <summary>A training batch that augmentations change.</summary>
/// <param name="Features">Standardised features, so that 0 is the mean; shape (batch, frames, bands).</param>
/// <param name="Targets">The labels of the batch.</param>
internal sealed record AugmentedBatch(Tensor Features, BatchTargets Targets);

/// <summary>Applies a training's augmentations in order: those of the batch once, then those of each network.</summary>
internal sealed class AugmentationPipeline(IReadOnlyList<Augmentation> augmentations)
{
    /// <summary>The batch that teacher and student share.</summary>
    public AugmentedBatch Shared(AugmentedBatch batch, Random draw) =>
        augmentations
            .Where(augmentation => !augmentation.IsPerNetwork)
            .Aggregate(batch, (changed, augmentation) => augmentation.Apply(changed, draw));

    /// <summary>The features that one network receives.</summary>
    public Tensor PerNetwork(AugmentedBatch batch, Random draw) =>
        augmentations
            .Where(augmentation => augmentation.IsPerNetwork)
            .Aggregate(batch, (changed, augmentation) => augmentation.Apply(changed, draw))
            .Features;
}
