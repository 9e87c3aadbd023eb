using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Features;

/// <summary>
/// The means, standard deviations and energy bands of a batch of standardised features. Augmentations use this scale to
/// change the sound as they would before the standardisation. Valid until the dispose scope of its tensors ends.
/// </summary>
/// <param name="Kind">How the features are standardised.</param>
/// <param name="Means">
/// Means that were subtracted, shape (1, 1, bands), or (batch, 1, 1) for per-clip standardisation.
/// </param>
/// <param name="Deviations">Standard deviations by which the values were divided, with the shape of the means.</param>
/// <param name="Kept">
/// 1 for values of the sound, and 0 for padding and masked values, which stay unchanged; shape (batch, frames, 1) or
/// (batch, frames, bands). Null: there are neither padding nor masked values.
/// </param>
/// <param name="Energies">The bands that are logarithms of energies; null if the features have no such bands.</param>
internal sealed record FeatureScale(
    Standardisation Kind,
    Tensor Means,
    Tensor Deviations,
    Tensor? Kept = null,
    EnergyBands? Energies = null
)
{
    private EnergyBands Bands =>
        Energies ?? throw new InvalidOperationException("These features have no logarithms of energies.");

    /// <summary><see cref="Kept"/> for the bands of energies; null if there are neither padding nor masked values.</summary>
    public Tensor? KeptEnergies => Kept is null || Kept.shape[2] == 1 ? Kept : OfEnergies(Kept);

    /// <summary>
    /// The bands of energies with their standardisation undone, shape (batch, frames, bands of energies).
    /// </summary>
    /// <param name="features">Standardised features, shape (batch, frames, bands).</param>
    public Tensor Values(Tensor features) => (OfEnergies(features) * OfEnergies(Deviations)).Plus(OfEnergies(Means));

    /// <summary>
    /// Powers of the sound, shape (batch, frames, bands of energies); 0 for padding and masked values.
    /// </summary>
    /// <param name="features">Standardised features, shape (batch, frames, bands).</param>
    public Tensor Powers(Tensor features)
    {
        var powers = Bands.ToPowers(Values(features));
        return KeptEnergies is { } kept ? powers * kept : powers;
    }

    /// <summary>The standardised features after the powers have been changed, and their scale.</summary>
    /// <param name="features">Standardised features before the change, shape (batch, frames, bands).</param>
    /// <param name="powers">Powers after the change, shape (batch, frames, bands of energies).</param>
    public (Tensor Features, FeatureScale Scale) WithPowers(Tensor features, Tensor powers) =>
        WithValues(features, Bands.FromPowers(powers));

    /// <summary>
    /// The standardised features after the energies have been changed, and their scale. Per-clip standardisation uses
    /// the mean and the standard deviation of the changed clip.
    /// </summary>
    /// <param name="features">Standardised features before the change, shape (batch, frames, bands).</param>
    /// <param name="values">
    /// Values of the energies after the change, not standardised, shape (batch, frames, bands of energies).
    /// </param>
    public (Tensor Features, FeatureScale Scale) WithValues(Tensor features, Tensor values)
    {
        if (Kind != Standardisation.Clip)
        {
            var standardised = (values - OfEnergies(Means)) / OfEnergies(Deviations);
            return (Unkept(Replaced(features, standardised), features), this);
        }
        var all = Replaced((features * Deviations).Plus(Means), values);
        var (means, deviations) = OwnOf(all);
        var changed = (all - means) / deviations;
        return (Unkept(changed, features), this with { Means = means, Deviations = deviations });
    }

    /// <summary>The scale after values have been masked.</summary>
    /// <param name="kept">
    /// 0 for masked values and 1 for all other values, shape (batch, frames, 1) or (batch, 1, bands).
    /// </param>
    /// <param name="frames">Number of frames.</param>
    public FeatureScale Masked(Tensor kept, long frames)
    {
        var whole = kept.expand(-1, frames, -1);
        return this with { Kept = Kept is null ? whole : Kept * whole };
    }

    /// <summary>The scale after clips of the batch have been mixed with each other (mixup).</summary>
    /// <param name="mean">Mixes a tensor of values per clip: returns the weighted means of the mixed clips.</param>
    /// <param name="union">Mixes a tensor of masks: returns 1 where the mask of at least one mixed clip is 1.</param>
    public FeatureScale Combined(Func<Tensor, Tensor> mean, Func<Tensor, Tensor> union) =>
        this with
        {
            Means = Kind == Standardisation.Clip ? mean(Means) : Means,
            Deviations = Kind == Standardisation.Clip ? mean(Deviations) : Deviations,
            Kept = Kept is null ? null : union(Kept),
        };

    /// <summary>
    /// The changed features, in which padding and masked values keep their values from before the change.
    /// </summary>
    private Tensor Unkept(Tensor changed, Tensor features) =>
        Kept is { } kept ? changed.where(kept.to(ScalarType.Bool), features) : changed;

    /// <summary>The part of a tensor that belongs to the bands of energies; the whole tensor if it has one band.</summary>
    private Tensor OfEnergies(Tensor values) =>
        values.shape[2] == 1 || Bands.Count == values.shape[2] ? values : values.narrow(2, Bands.First, Bands.Count);

    private Tensor Replaced(Tensor values, Tensor energies)
    {
        var end = Bands.First + Bands.Count;
        var count = values.shape[2];
        return Bands.Count == count
            ? energies
            : cat([values.narrow(2, 0, Bands.First), energies, values.narrow(2, end, count - end)], 2);
    }

    /// <summary>Mean and standard deviation of each clip, as in <see cref="BandStatistics"/>, shape (batch, 1, 1).</summary>
    private (Tensor Means, Tensor Deviations) OwnOf(Tensor values)
    {
        var kept = (Kept ?? ones(1, device: values.device)).expand_as(values);
        var count = kept.sum([1, 2], keepdim: true);
        var means = Sum(values) / count.AtLeast(1);
        var deviations = (Sum((values - means).Squared()) / count.Plus(-1).AtLeast(1)).sqrt();
        return (means, deviations.Plus(BandStatistics.DeviationOffset));

        Tensor Sum(Tensor all) => (all * kept).sum([1, 2], keepdim: true);
    }
}
