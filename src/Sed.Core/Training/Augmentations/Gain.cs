using Sed.Core.Features;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Gain: multiplies the sound of each clip by a random factor, as if the recording level had been different. The gain
/// in decibels has a uniform distribution. Energies are changed before the logarithm, so that the floor and the limits
/// of the logarithm still apply; padding and masked values are unchanged.
/// </summary>
/// <param name="LowestDb">
/// Lowest gain in dB. The gain of CPJKU's data sets (CPJKU/cpjku_dcase24) is -7 to 7 dB by default; the two stages of
/// their system for DCASE 2024 Task 4 set it to 0.
/// </param>
/// <param name="HighestDb">Highest gain in dB.</param>
[Key("gain")]
public sealed record Gain([property: Key("lowest")] double LowestDb, [property: Key("highest")] double HighestDb)
    : Augmentation
{
    /// <inheritdoc/>
    public override string Summary => FormattableString.Invariant($"gain of {LowestDb:R} to {HighestDb:R} dB");

    /// <inheritdoc/>
    public override bool NeedsEnergies => true;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems() => RangeProblems("the gain", LowestDb, HighestDb);

    internal override IEnumerable<Problem> ProblemsWith(FeatureSource features) =>
        features.Standardisation == Standardisation.Clip
            ? base.ProblemsWith(features)
                .Append(
                    Problem.Of(
                        $"{Summary} has no effect, because each clip is standardised on its own",
                        "leave out `gain`, or use another standardisation"
                    )
                )
            : base.ProblemsWith(features);

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw) =>
        Apply(batch, draw.Uniforms(batch.Features.shape[0], LowestDb, HighestDb));

    /// <summary>Applies a gain in dB to each clip.</summary>
    internal static AugmentedBatch Apply(AugmentedBatch batch, IEnumerable<double> gains)
    {
        var ratios = Draws.PerClip(gains.Select(Draws.PowerRatio), batch.Features.device);
        return batch.WithPowers(batch.RequiredScale.Powers(batch.Features) * ratios);
    }
}
