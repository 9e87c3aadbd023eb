using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// SpecAugment without time warping (Park et al. 2019, arXiv 1904.08779): each clip gets one time mask and one
/// frequency mask. Masked values are set to 0, the mean of standardised features. The mask widths are drawn uniformly
/// from 0 to the given maximum. If exactly one of several feature sources has log-mel energies, the frequency mask
/// covers only the bands of this source. <see cref="Stripes"/> draws several masks.
/// </summary>
/// <param name="Frames">Maximum width of the time mask in frames, 0 or above; with 0, no frames are masked.</param>
/// <param name="Bands">Maximum width of the frequency mask in bands, 0 or above; with 0, no bands are masked.</param>
[Key("specAugment")]
public sealed record SpecAugment([property: Key("frames")] int Frames, [property: Key("bands")] int Bands)
    : Augmentation
{
    /// <inheritdoc/>
    public override string Summary => $"masks of up to {Frames} frames and {Bands} bands";

    internal override bool IsPerNetwork => true;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (Frames < 0 || Bands < 0)
            yield return Problem.Of(
                FormattableString.Invariant($"masks of {Frames} frames and {Bands} bands"),
                "give 0 or more of each"
            );
    }

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        if (Frames > 0)
            batch = batch.WithMaskedFrames(values => Mask(values, Frames, draw));
        if (Bands > 0)
            batch = batch.WithMaskedBands(values => Mask(values, Bands, draw));
        return batch;
    }

    private static void Mask(Span<float> values, int most, Random draw)
    {
        var masked = draw.Next(0, Math.Min(most, values.Length) + 1);
        values.Slice(draw.Next(0, values.Length - masked + 1), masked).Clear();
    }
}
