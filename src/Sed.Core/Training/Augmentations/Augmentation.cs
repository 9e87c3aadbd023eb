using Sed.Core.Features;
using Sed.Core.Runtime;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// A data augmentation of training batches, as a record of its parameters. Each kind of augmentation has its own file in
/// this folder. Random numbers are drawn on the host from one generator per epoch; the arithmetic runs on the batch's
/// device.
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

    /// <summary>Whether the augmentation changes labels or the number of clips. Default false: features only.</summary>
    public virtual bool ChangesLabels => false;

    /// <summary>
    /// Whether the augmentation changes only clips with frame labels, so that it has no effect with weak labels alone.
    /// Default false.
    /// </summary>
    public virtual bool NeedsFrameLabels => false;

    /// <summary>
    /// Whether the augmentation changes the sound and therefore needs features with logarithms of energies, from
    /// exactly one feature source. Default false.
    /// </summary>
    public virtual bool NeedsEnergies => false;

    /// <summary>Whether <see cref="AugmentedBatch.Scale"/> is needed. Default: true if energies are needed.</summary>
    internal virtual bool NeedsScale => NeedsEnergies;

    /// <summary>All problems of applying the augmentation to the given features; empty if there are none.</summary>
    /// <param name="features">The definition of the features.</param>
    internal virtual IEnumerable<Problem> ProblemsWith(FeatureSource features)
    {
        if (NeedsEnergies && features.Energies is null)
            yield return Problem.Of(
                $"{Summary} needs log-mel energies from one source, but the features are {features.Summary}",
                "leave out this augmentation, or use log-mel features"
            );
    }

    /// <summary>Returns the problems of a range in dB, within which an augmentation draws values.</summary>
    private protected static IEnumerable<Problem> RangeProblems(string what, double lowest, double highest)
    {
        if (!(double.IsFinite(lowest) && double.IsFinite(highest) && lowest <= highest))
            yield return Problem.Of(
                FormattableString.Invariant($"{what} is from {lowest:R} to {highest:R} dB"),
                "give two finite values, the lower one first"
            );
    }

    /// <summary>Augments a batch. The result may have fewer clips than the batch.</summary>
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
/// Padding mask: 1 for output frames of the clip and 0 for the padding of short clips, shape (batch, output frames).
/// Null if the loss includes padding.
/// </param>
/// <param name="FrameStep">Feature frames per output frame. Default 1.</param>
/// <param name="Scale">
/// The scale of the features, for augmentations that need it (<see cref="Augmentation.NeedsScale"/>).
/// </param>
/// <param name="Energies">
/// The bands with logarithms of energies. Frequency masks change only these bands. Null: frequency masks change all
/// bands.
/// </param>
internal sealed record AugmentedBatch(
    Tensor Features,
    BatchTargets Targets,
    Tensor? Sound = null,
    double FrameStep = 1,
    FeatureScale? Scale = null,
    EnergyBands? Energies = null
)
{
    /// <summary>The scale of the features.</summary>
    /// <exception cref="InvalidOperationException">The batch has no scale.</exception>
    public FeatureScale RequiredScale =>
        Scale ?? throw new InvalidOperationException("This augmentation needs the scale of the features.");

    /// <summary>
    /// Number of feature frames per output frame; 1 if the numbers of output frames and feature frames are equal.
    /// </summary>
    /// <param name="outputs">Number of output frames.</param>
    public double StepOf(int outputs) => outputs == Features.shape[1] ? 1 : FrameStep;

    /// <summary>Returns the feature frame nearest to the beginning of an output frame.</summary>
    /// <param name="output">The output frame, which may lie before or after the clip.</param>
    /// <param name="outputs">Number of output frames.</param>
    public int FeatureFrame(long output, int outputs) =>
        (int)Math.Round(output * StepOf(outputs), MidpointRounding.AwayFromZero);

    /// <summary>Returns the batch with changed powers of the sound.</summary>
    /// <param name="powers">The new powers, shape (batch, frames, bands of energies).</param>
    public AugmentedBatch WithPowers(Tensor powers)
    {
        var (features, scale) = RequiredScale.WithPowers(Features, powers);
        return this with { Features = features, Scale = scale };
    }

    /// <summary>Returns the batch with some frames masked in each clip.</summary>
    /// <param name="mask">Called for each clip with a span of ones, one per frame; sets the masked frames to 0.</param>
    public AugmentedBatch WithMaskedFrames(Action<Span<float>> mask) =>
        Masked(Kept((int)Features.shape[1], 0, (int)Features.shape[1], mask).unsqueeze(2));

    /// <summary>
    /// Returns the batch with some bands masked in each clip. If <see cref="Energies"/> is not null, only these bands
    /// can be masked.
    /// </summary>
    /// <param name="mask">
    /// Called for each clip with a span of ones, one per band that can be masked; sets the masked bands to 0.
    /// </param>
    public AugmentedBatch WithMaskedBands(Action<Span<float>> mask)
    {
        var all = (int)Features.shape[2];
        return Masked(Kept(all, Energies?.First ?? 0, Energies?.Count ?? all, mask).unsqueeze(1));
    }

    /// <summary>Creates a mask: 0 for masked frames or bands and 1 for all others, shape (batch, length).</summary>
    private Tensor Kept(int length, int first, int count, Action<Span<float>> mask)
    {
        var clips = (int)Features.shape[0];
        var kept = new float[clips * length];
        Array.Fill(kept, 1);
        for (var clip = 0; clip < clips; clip++)
            mask(kept.AsSpan(clip * length + first, count));
        return tensor(kept, [clips, length], device: Features.device);
    }

    /// <summary>Returns the batch with features multiplied by a mask.</summary>
    /// <param name="kept">
    /// The mask: 0 for masked values and 1 for all others, shape (batch, frames, 1) or (batch, 1, bands).
    /// </param>
    public AugmentedBatch Masked(Tensor kept) =>
        this with
        {
            Features = Features * kept,
            Scale = Scale?.Masked(kept, Features.shape[1]),
        };
}

/// <summary>
/// Applies the augmentations in order: first the augmentations that student and teacher share, then the augmentations
/// that are drawn independently for each network.
/// </summary>
internal sealed class AugmentationPipeline(IReadOnlyList<Augmentation> augmentations)
{
    /// <summary>Whether the batches need <see cref="AugmentedBatch.Scale"/>.</summary>
    public bool NeedsScale { get; } = augmentations.Any(augmentation => augmentation.NeedsScale);

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
