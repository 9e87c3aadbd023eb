using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// White noise: adds Gaussian noise to the sound of each clip at a random signal-to-noise ratio, uniformly distributed
/// in decibels. This is the ratio of the clip's mean power to the noise's mean power, each over all bands and frames.
/// Padding and masked values are left out of the means and are unchanged.
/// </summary>
/// <remarks>
/// The noise is added to energies before the logarithm. Its power in a band is that of white noise after the band's mel
/// filter. The amplitude of a band is treated as one complex number, to which circular complex Gaussian noise is added,
/// independently for each band and frame; its power is then |sqrt(P) + n|^2. Recorded white noise varies less in wide
/// bands, where a filter averages many bins, and is correlated between overlapping windows.
/// </remarks>
/// <param name="LowestDb">Lowest signal-to-noise ratio in dB.</param>
/// <param name="HighestDb">Highest signal-to-noise ratio in dB.</param>
[Key("noise")]
public sealed record Noise([property: Key("lowest")] double LowestDb, [property: Key("highest")] double HighestDb)
    : Augmentation
{
    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant($"white noise at {LowestDb:R} to {HighestDb:R} dB below the sound");

    /// <inheritdoc/>
    public override bool NeedsEnergies => true;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems() =>
        RangeProblems("the signal-to-noise ratio of the noise", LowestDb, HighestDb);

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var (clips, frames) = (batch.Features.shape[0], batch.Features.shape[1]);
        var ratios = draw.Uniforms(clips, LowestDb, HighestDb);
        return Apply(
            batch,
            ratios,
            draw.Normals([2, clips, frames, batch.RequiredScale.Energies!.Count], batch.Features.device)
        );
    }

    /// <summary>Adds noise.</summary>
    /// <param name="batch">Features with their scale.</param>
    /// <param name="ratios">Signal-to-noise ratio of each clip in dB.</param>
    /// <param name="normals">
    /// Standard normal numbers, shape (2, batch, frames, bands of energies): real and imaginary parts.
    /// </param>
    internal static AugmentedBatch Apply(AugmentedBatch batch, IEnumerable<double> ratios, Tensor normals)
    {
        var scale = batch.RequiredScale;
        var powers = scale.Powers(batch.Features);
        var bands = powers.shape[2];
        var shares = tensor(scale.Energies!.WhiteNoise.Value, [1, 1, bands], device: powers.device);
        // Mean power per frame: of the clip, the sum over its bands; of the noise, one value for each band.
        var sound = MeanPower.Of(powers, scale).Times(bands);
        var noise = sound * Draws.PerClip(ratios.Select(ratio => Draws.PowerRatio(-ratio)), powers.device) * shares;
        // The real and the imaginary part of a complex number of variance v each have variance v / 2.
        var deviations = noise.Over(2).sqrt();
        var real = powers.sqrt().Plus(normals[0] * deviations);
        return batch.WithPowers(real.Squared().Plus((normals[1] * deviations).Squared()));
    }
}
