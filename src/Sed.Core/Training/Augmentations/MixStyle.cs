using MathNet.Numerics.Distributions;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// MixStyle (Zhou et al. 2021, arXiv 2104.02008) with the statistics of bands (Kim et al. 2022, arXiv 2206.12513):
/// changes the mean and the standard deviation that each band of a clip has over time. Each new value is the weighted
/// mean of the clip's own value and the value of a random clip with the same kind of labels. This imitates a recording
/// with a different device. The labels stay the same.
/// </summary>
/// <remarks>
/// CPJKU's system for DCASE 2024 Task 4 (CPJKU/cpjku_dcase24) uses it for half of the batches with alpha 0.3:
/// <c>sometimes 0.5 (mixStyle 0.3)</c>. The weight of the clip's own statistics is w or 1 - w, whichever is larger, where
/// w is drawn from Beta(alpha, alpha) for each clip. The variance has the denominator n - 1, and 1e-6 is added to it.
/// Padding and masked values are left out of the statistics and are unchanged. MixStyle changes the standardised
/// features, not the energies.
/// </remarks>
/// <param name="Alpha">Parameter of the beta distribution, above 0.</param>
[Key("mixStyle")]
public sealed record MixStyle([property: Key("alpha")] double Alpha) : Augmentation
{
    private const double VarianceOffset = 1e-6;

    /// <inheritdoc/>
    public override string Summary => FormattableString.Invariant($"MixStyle {Alpha:R}");

    internal override bool NeedsScale => true;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (!(Alpha > 0 && double.IsFinite(Alpha)))
            yield return Problem.Of(
                FormattableString.Invariant($"the parameter of MixStyle is {Alpha:R}"),
                "it must be greater than 0, for example `mixStyle 0.3`"
            );
    }

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var shares = new double[batch.Features.shape[0]];
        foreach (ref var share in shares.AsSpan())
        {
            var drawn = Beta.Sample(draw, Alpha, Alpha);
            share = Math.Max(drawn, 1 - drawn);
        }
        return Apply(
            batch,
            shares,
            Partners.Of(Partners.Groups(shares.Length, batch.Targets.Kinds), shares.Length, draw)
        );
    }

    /// <summary>Mixes the statistics of clips.</summary>
    /// <param name="batch">Features.</param>
    /// <param name="shares">Weight of each clip's own statistics.</param>
    /// <param name="partners">The partner of each clip.</param>
    internal static AugmentedBatch Apply(AugmentedBatch batch, double[] shares, long[] partners)
    {
        var features = batch.Features;
        var kept = batch.Scale?.Kept;
        var counts = (kept ?? ones(1, features.shape[1], 1, device: features.device)).sum([1], keepdim: true);
        var means = Sum(features) / counts.AtLeast(1);
        var variances = Sum((features - means).Squared()) / counts.Plus(-1).AtLeast(1);
        var deviations = variances.Plus(VarianceOffset).sqrt(); // (batch, 1, bands)
        var order = tensor(partners, device: features.device);
        var own = Draws.PerClip(shares, features.device);
        var mixed = ((features - means) / deviations * Mixed(deviations)).Plus(Mixed(means));
        return batch with { Features = kept is null ? mixed : mixed.where(kept.to(ScalarType.Bool), features) };

        Tensor Sum(Tensor values) => (kept is null ? values : values * kept).sum([1], keepdim: true);

        Tensor Mixed(Tensor statistics) => (statistics * own).Plus(statistics.index_select(0, order) * own.From(1));
    }
}
