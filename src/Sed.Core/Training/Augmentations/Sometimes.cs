using Sed.Core.Features;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// An augmentation that is applied to a batch with a probability, for example mixup of half of the batches as in
/// DESED_task: <c>sometimes 0.5 (mixup 0.2)</c>.
/// </summary>
/// <param name="Probability">Probability that a batch is augmented, above 0 and below 1.</param>
/// <param name="Inner">The augmentation.</param>
[Key("sometimes")]
public sealed record Sometimes(
    [property: Key("probability")] double Probability,
    [property: Key("augmentation")] Augmentation Inner
) : Augmentation
{
    /// <inheritdoc/>
    public override string Summary => FormattableString.Invariant($"{Inner.Summary} with probability {Probability:R}");

    internal override bool IsPerNetwork => Inner.IsPerNetwork;

    /// <inheritdoc/>
    public override bool CombinesClips => Inner.CombinesClips;

    /// <inheritdoc/>
    public override bool ChangesLabels => Inner.ChangesLabels;

    /// <inheritdoc/>
    public override bool NeedsFrameLabels => Inner.NeedsFrameLabels;

    /// <inheritdoc/>
    public override bool NeedsEnergies => Inner.NeedsEnergies;

    internal override bool NeedsScale => Inner.NeedsScale;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (!(Probability > 0 && Probability < 1))
            yield return Problem.Of(
                FormattableString.Invariant($"a probability of {Probability:R} for {Inner.Summary}"),
                "it must be above 0 and below 1; without `sometimes`, all batches are augmented"
            );
        foreach (var problem in Inner.Problems())
            yield return problem;
    }

    internal override IEnumerable<Problem> ProblemsWith(FeatureSource features) => Inner.ProblemsWith(features);

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw) =>
        draw.NextDouble() < Probability ? Inner.Apply(batch, draw) : batch;
}
