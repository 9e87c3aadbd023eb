using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Feature noise: adds Gaussian noise to the standardised features of each clip. The noise has the standard deviation
/// of the clip's features divided by a random ratio. The ratio in decibels is uniformly distributed. Padding and masked
/// values are left out of the standard deviation and stay unchanged.
/// </summary>
/// <remarks>
/// This is the function <c>add_noise</c> of DESED_task, which no recipe of DESED_task calls. It can be used with any
/// kind of features, for example for different inputs of a student and its teacher: <c>views [ featureNoise 6.0 30.0
/// ]</c>. <see cref="Noise"/> adds noise to the sound instead.
/// </remarks>
/// <param name="LowestDb">
/// Lowest ratio of the standard deviations (features to noise) in dB. The default of <c>add_noise</c> is 6 dB.
/// </param>
/// <param name="HighestDb">Highest ratio in dB. The default of <c>add_noise</c> is 30 dB.</param>
[Key("featureNoise")]
public sealed record FeatureNoise(
    [property: Key("lowest")] double LowestDb,
    [property: Key("highest")] double HighestDb
) : Augmentation
{
    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant($"feature noise at {LowestDb:R} to {HighestDb:R} dB below the features");

    internal override bool NeedsScale => true;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems() =>
        RangeProblems("the signal-to-noise ratio of the feature noise", LowestDb, HighestDb);

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var ratios = draw.Uniforms(batch.Features.shape[0], LowestDb, HighestDb);
        return Apply(batch, ratios, draw.Normals(batch.Features.shape, batch.Features.device));
    }

    /// <summary>Adds noise.</summary>
    /// <param name="batch">Features.</param>
    /// <param name="ratios">
    /// For each clip, the ratio of the standard deviations of its features and of its noise, in dB.
    /// </param>
    /// <param name="normals">Standard normal numbers, with the shape of the features.</param>
    internal static AugmentedBatch Apply(AugmentedBatch batch, IEnumerable<double> ratios, Tensor normals)
    {
        var features = batch.Features;
        var kept = batch.Scale?.Kept?.expand_as(features) ?? ones_like(features);
        var counts = kept.sum([1, 2], keepdim: true);
        var means = (features * kept).sum([1, 2], keepdim: true) / counts.AtLeast(1);
        var squares = ((features - means).Squared() * kept).sum([1, 2], keepdim: true);
        var deviations = (squares / counts.Plus(-1).AtLeast(1)).sqrt();
        // The ratios are of amplitudes: 20 dB are a factor of 10.
        var factors = Draws.PerClip(ratios.Select(ratio => Draws.PowerRatio(-ratio / 2)), features.device);
        return batch with { Features = features.Plus(normals * kept * deviations * factors) };
    }
}
