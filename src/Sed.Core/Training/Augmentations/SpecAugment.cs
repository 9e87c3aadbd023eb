using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// SpecAugment without time warping (Park et al. 2019, arXiv 1904.08779): each clip gets one time mask and one
/// frequency mask. Masked values are set to 0, the mean of standardised features. The mask widths are drawn uniformly
/// from 0 to the given maximum. <see cref="Stripes"/> draws several masks.
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
            batch = batch.Masked(Mask(batch.Features, 1, Frames, draw).unsqueeze(2));
        if (Bands > 0)
            batch = batch.Masked(Mask(batch.Features, 2, Bands, draw).unsqueeze(1));
        return batch;
    }

    /// <summary>
    /// 0 in each clip's masked frames or bands and 1 elsewhere, shape (batch, frames) or (batch, bands).
    /// </summary>
    private static Tensor Mask(Tensor features, int dimension, int most, Random draw)
    {
        var (clips, length) = ((int)features.shape[0], (int)features.shape[dimension]);
        var kept = new float[clips * length];
        Array.Fill(kept, 1);
        for (var clip = 0; clip < clips; clip++)
        {
            var masked = draw.Next(0, Math.Min(most, length) + 1);
            var start = draw.Next(0, length - masked + 1);
            Array.Clear(kept, clip * length + start, masked);
        }
        return tensor(kept, [clips, length], device: features.device);
    }
}
