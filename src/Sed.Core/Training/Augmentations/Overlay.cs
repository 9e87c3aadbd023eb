using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Overlays each clip with a random clip that has the same kind of labels, so that both sound together: their powers
/// are added. The level of the clip relative to the other clip is uniformly distributed in decibels. The result has the
/// labels of both clips (<see cref="UnitedLabels"/>). A frame is padding if it is padding in both clips.
/// </summary>
/// <remarks>
/// The level is the ratio of the mean powers over all bands and frames, without padding and masked values. The sum of
/// powers is the expected power of two sounds with independent phases. A clip that is its own partner stays unchanged. A
/// silent partner adds nothing, and the partner of a silent clip is added at its own level.
/// <see cref="Mixup"/> mixes standardised logarithms instead, in which the quieter sound is not masked by the louder one.
/// </remarks>
/// <param name="LowestDb">
/// Lowest level of the clip relative to the other clip in dB; below 0, the other clip is louder.
/// </param>
/// <param name="HighestDb">Highest level of the clip relative to the other clip in dB.</param>
[Key("overlay")]
public sealed record Overlay([property: Key("lowest")] double LowestDb, [property: Key("highest")] double HighestDb)
    : Augmentation
{
    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant($"another clip overlaid at {LowestDb:R} to {HighestDb:R} dB below the clip");

    /// <inheritdoc/>
    public override bool NeedsEnergies => true;

    /// <inheritdoc/>
    public override bool CombinesClips => true;

    /// <inheritdoc/>
    public override bool ChangesLabels => true;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems() =>
        RangeProblems("the level of the clip relative to the overlaid clip", LowestDb, HighestDb);

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var levels = draw.Uniforms(batch.Features.shape[0], LowestDb, HighestDb);
        return Apply(batch, levels, Partners.Of(Partners.Groups(levels.Length, batch.Targets), levels.Length, draw));
    }

    /// <summary>Adds the powers of the partners.</summary>
    /// <param name="batch">Features with their scale, and targets.</param>
    /// <param name="levels">Level of each clip relative to its partner in dB.</param>
    /// <param name="partners">The partner of each clip.</param>
    internal static AugmentedBatch Apply(AugmentedBatch batch, double[] levels, long[] partners)
    {
        var scale = batch.RequiredScale;
        var device = batch.Features.device;
        var order = tensor(partners, device: device);
        var powers = scale.Powers(batch.Features);
        var means = MeanPower.Of(powers, scale);
        var ratios = levels.Select((level, clip) => partners[clip] == clip ? 0 : Draws.PowerRatio(-level));
        var isSilent = means.eq(zeros_like(means));
        var ofPartners = means.index_select(0, order);
        // The partner of a silent clip keeps its own level, because a ratio to silence is undefined.
        var relative = (means / ofPartners * Draws.PerClip(ratios, device)).where(
            isSilent.logical_not(),
            Draws.PerClip(partners.Select((partner, clip) => partner == clip ? 0.0 : 1), device)
        );
        var factors = relative.where(isSilent.index_select(0, order).logical_not(), zeros_like(relative));
        var together = batch with
        {
            Targets = UnitedLabels.Of(batch.Targets, partners),
            Sound = batch.Sound is { } sound ? InEither(sound) : null,
            Scale = scale with { Kept = scale.Kept is { } kept ? InEither(kept) : null },
        };
        return together.WithPowers(powers.Plus(powers.index_select(0, order) * factors));

        Tensor InEither(Tensor mask) => mask.maximum(mask.index_select(0, order));
    }
}
