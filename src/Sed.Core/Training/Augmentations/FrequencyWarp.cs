using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Frequency warping: in each clip, stretches a random range of bands to all bands, with cubic interpolation. The range
/// contains a random share of the bands, drawn uniformly between a minimum and 1. The position of the range is random,
/// too.
/// </summary>
/// <remarks>
/// This is the random resized crop of BYOL-A (Niizumi et al. 2021, arXiv 2103.06695), applied to the frequency axis
/// only, as in CPJKU's system for DCASE 2024 Task 4 (CPJKU/cpjku_dcase24). CPJKU draws one range for all clips with the
/// same kind of labels; here, each clip has a range of its own. The interpolation is that of
/// torch.nn.functional.interpolate with the mode "bicubic" and aligned corners. The warping is applied to the
/// logarithms of energies before their standardisation. Padding and masked values are unchanged.
/// </remarks>
/// <param name="Least">Minimum share of the bands that the range contains, above 0 and below 1. CPJKU uses 0.6.</param>
[Key("frequencyWarp")]
public sealed record FrequencyWarp([property: Key("least")] double Least) : Augmentation
{
    // Parameter of the cubic convolution, as in torch.
    private const double Cubic = -0.75;

    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant($"frequency warping of at least {Least:R} of the bands");

    /// <inheritdoc/>
    public override bool NeedsEnergies => true;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (!(Least > 0 && Least < 1))
            yield return Problem.Of(
                FormattableString.Invariant($"frequency warping stretches at least {Least:R} of the bands"),
                "give a share above 0 and below 1, for example `frequencyWarp 0.6`"
            );
    }

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var bands = batch.RequiredScale.Energies!.Count;
        var ranges = new (int First, int Count)[batch.Features.shape[0]];
        foreach (ref var range in ranges.AsSpan())
        {
            var count = Math.Clamp((int)(draw.Uniform(Least, 1) * bands), 1, bands);
            range = (draw.Next(0, bands - count + 1), count);
        }
        return Apply(batch, ranges);
    }

    /// <summary>In each clip, stretches a range of bands to all bands.</summary>
    internal static AugmentedBatch Apply(AugmentedBatch batch, (int First, int Count)[] ranges)
    {
        var scale = batch.RequiredScale;
        var bands = scale.Energies!.Count;
        float[] all = [.. ranges.SelectMany(range => Weights(bands, range.First, range.Count))];
        var weights = tensor(all, [ranges.Length, bands, bands], device: batch.Features.device);
        var (features, changed) = scale.WithValues(batch.Features, scale.Values(batch.Features).matmul(weights));
        return batch with { Features = features, Scale = changed };
    }

    /// <summary>Returns the interpolation weights, row-major, shape (input bands, output bands).</summary>
    private static float[] Weights(int bands, int first, int count)
    {
        var weights = new float[bands * bands];
        for (var band = 0; band < bands; band++)
        {
            var place = bands == 1 ? 0 : (double)band * (count - 1) / (bands - 1);
            var below = (int)Math.Floor(place);
            for (var tap = below - 1; tap <= below + 2; tap++)
                weights[((first + Math.Clamp(tap, 0, count - 1)) * bands) + band] += (float)Kernel(
                    Math.Abs(place - tap)
                );
        }
        return weights;
    }

    /// <summary>Returns the weight of cubic convolution (Keys 1981) at a distance from 0 to 2.</summary>
    private static double Kernel(double distance) =>
        distance <= 1
            ? ((((Cubic + 2) * distance) - (Cubic + 3)) * distance * distance) + 1
            : ((((distance - 5) * distance) + 8) * distance - 4) * Cubic;
}
