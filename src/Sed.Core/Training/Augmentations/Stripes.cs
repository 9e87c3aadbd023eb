using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// SpecAugment with several stripes (Park et al. 2019, arXiv 1904.08779), as in torchlibrosa: each clip gets a number
/// of time stripes and then a number of frequency stripes, which may overlap. The values in the stripes are set to 0.
/// If exactly one of several feature sources has log-mel energies, the frequency stripes cover only the bands of this
/// source. Unlike the masks of <see cref="SpecAugment"/>, stripes are applied at their place in the list of
/// augmentations, for example before mixup, and a mean teacher and its student receive the same stripes.
/// </summary>
/// <remarks>
/// The width of a stripe is uniformly distributed from 0 to the maximum minus 1. Its start is uniformly distributed
/// from 0 to n - width - 1, where n is the number of frames or bands. The last frame and the last band are therefore
/// never masked. The value 0 is the mean only if the features are standardised.
/// </remarks>
/// <param name="TimeStripes">Number of time stripes, 0 or above.</param>
/// <param name="Frames">Exclusive maximum of the width of a time stripe, in frames.</param>
/// <param name="BandStripes">Number of frequency stripes, 0 or above.</param>
/// <param name="Bands">Exclusive maximum of the width of a frequency stripe, in bands.</param>
[Key("stripes")]
public sealed record Stripes(
    [property: Key("timeStripes")] int TimeStripes,
    [property: Key("frames")] int Frames,
    [property: Key("bandStripes")] int BandStripes,
    [property: Key("bands")] int Bands
) : Augmentation
{
    /// <inheritdoc/>
    public override string Summary =>
        string.Join(
            " and ",
            [
                .. TimeStripes > 0 ? [$"{TimeStripes} time stripes narrower than {Frames} frames"] : (string[])[],
                .. BandStripes > 0 ? [$"{BandStripes} frequency stripes narrower than {Bands} bands"] : (string[])[],
            ]
        );

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (TimeStripes < 0 || BandStripes < 0 || TimeStripes + BandStripes < 1)
            yield return Problem.Of(
                $"{TimeStripes} time stripes and {BandStripes} frequency stripes",
                "give 0 or more of each, and at least one stripe"
            );
        foreach (
            var (stripes, name, width, unit) in new[]
            {
                (TimeStripes, "time", Frames, "frames"),
                (BandStripes, "frequency", Bands, "bands"),
            }
        )
            if (stripes > 0 && width < 2)
                yield return Problem.Of(
                    $"the {name} stripes are narrower than {width} {unit}",
                    "nothing is masked; give at least 2, for example `stripes 2 64 2 8`"
                );
    }

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        if (TimeStripes > 0)
            batch = batch.WithMaskedFrames(values => Mask(values, TimeStripes, Frames, draw));
        if (BandStripes > 0)
            batch = batch.WithMaskedBands(values => Mask(values, BandStripes, Bands, draw));
        return batch;
    }

    private static void Mask(Span<float> values, int stripes, int limit, Random draw)
    {
        for (var stripe = 0; stripe < stripes; stripe++)
        {
            var width = draw.Next(0, Math.Min(limit, values.Length));
            values.Slice(draw.Next(0, values.Length - width), width).Clear();
        }
    }
}
