using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// FilterAugment (Nam et al. 2022, arXiv 2110.03282): filters each clip with a random frequency response. The bands are
/// divided at random into a number of ranges; all clips of a batch have the same ranges. Each clip has its own gains,
/// uniformly distributed in decibels. With the step shape, each range has one gain. With the linear shape, each border
/// of a range has a gain, and the gain is interpolated linearly between the borders.
/// </summary>
/// <remarks>
/// As in the authors' code (frednam93/FilterAugSED), energies are multiplied before the logarithm. Borders are drawn so
/// that each range has a minimum number of bands; the minimum is reduced if the features have too few bands. With the
/// linear shape, the last band of a range and the first band of the next range both have the gain of the border.
/// </remarks>
/// <param name="LowestDb">Lowest gain in dB. The authors use -6 dB.</param>
/// <param name="HighestDb">Highest gain in dB. The authors use 6 dB.</param>
/// <param name="Shape">Shape of the response. Default linear.</param>
/// <param name="FewestRanges">Smallest number of ranges, at least 2. Default 3; the authors use 2 for step.</param>
/// <param name="MostRanges">Largest number of ranges. Default 5; the authors use 4 for step.</param>
/// <param name="MinimumWidth">Minimum width of a range in bands, at least 1. Default 6; the authors use 4 for step.</param>
[Key("filterAugment")]
public sealed record FilterAugment(
    [property: Key("lowest")] double LowestDb,
    [property: Key("highest")] double HighestDb,
    [property: Key("shape")] FilterShape Shape = FilterShape.Linear,
    [property: Key("fewestRanges")] int FewestRanges = 3,
    [property: Key("mostRanges")] int MostRanges = 5,
    [property: Key("minimumWidth")] int MinimumWidth = 6
) : Augmentation
{
    /// <summary>The authors' step response: 2 to 4 ranges of at least 4 bands.</summary>
    public static FilterAugment Step(double lowestDb, double highestDb) =>
        new(lowestDb, highestDb, FilterShape.Step, 2, 4, 4);

    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant(
            $"FilterAugment ({(Shape == FilterShape.Step ? "step" : "linear")}) of {LowestDb:R} to {HighestDb:R} dB in {FewestRanges} to {MostRanges} ranges of at least {MinimumWidth} bands"
        );

    /// <inheritdoc/>
    public override bool NeedsEnergies => true;

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        foreach (var problem in RangeProblems("the gain of FilterAugment", LowestDb, HighestDb))
            yield return problem;
        if (!Enum.IsDefined(Shape))
            yield return Problem.Of($"there is no shape {Shape} of FilterAugment", "use Linear or Step");
        if (FewestRanges < 2 || MostRanges < FewestRanges)
            yield return Problem.Of(
                FormattableString.Invariant($"FilterAugment with {FewestRanges} to {MostRanges} ranges"),
                "the numbers must be at least 2, the smaller one first"
            );
        if (MinimumWidth < 1)
            yield return Problem.Of(
                FormattableString.Invariant(
                    $"the minimum width of the ranges of FilterAugment is {MinimumWidth} bands"
                ),
                "it must be at least 1"
            );
    }

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var bands = batch.RequiredScale.Energies!.Count;
        var borders = Borders(bands, draw);
        // The step shape has one gain for each range; the linear shape has one gain for each border.
        var gains = borders.Length - (Shape == FilterShape.Step ? 1 : 0);
        return Apply(
            batch,
            borders,
            [
                .. Enumerable
                    .Range(0, (int)batch.Features.shape[0])
                    .Select(_ => draw.Uniforms(gains, LowestDb, HighestDb)),
            ]
        );
    }

    /// <summary>Draws the borders: the first band of each range, followed by the number of bands.</summary>
    private int[] Borders(int bands, Random draw)
    {
        var ranges = Math.Min(draw.Next(FewestRanges, MostRanges + 1), bands);
        var width = Math.Min(MinimumWidth, bands / ranges);
        var free = bands - (ranges * width);
        var offsets = new int[ranges - 1];
        foreach (ref var offset in offsets.AsSpan())
            offset = draw.Next(0, free + 1);
        Array.Sort(offsets);
        return [0, .. offsets.Select((offset, index) => offset + ((index + 1) * width)), bands];
    }

    /// <summary>Filters the clips.</summary>
    /// <param name="batch">Features with their scale.</param>
    /// <param name="borders">The first band of each range, ascending from 0, followed by the number of bands.</param>
    /// <param name="gains">
    /// The gains of each clip in dB: one for each range (step), or one for each border (linear).
    /// </param>
    internal AugmentedBatch Apply(AugmentedBatch batch, int[] borders, double[][] gains)
    {
        var bands = borders[^1];
        float[] ratios = [.. gains.SelectMany(own => Response(borders, own)).Select(db => (float)Draws.PowerRatio(db))];
        var response = tensor(ratios, [gains.Length, 1, bands], device: batch.Features.device);
        return batch.WithPowers(batch.RequiredScale.Powers(batch.Features) * response);
    }

    /// <summary>Returns the gain of each band in dB.</summary>
    private double[] Response(int[] borders, double[] gains)
    {
        var response = new double[borders[^1]];
        for (var range = 0; range + 1 < borders.Length; range++)
        {
            var (first, width) = (borders[range], borders[range + 1] - borders[range]);
            for (var band = 0; band < width; band++)
                response[first + band] =
                    Shape == FilterShape.Step
                        ? gains[range]
                        : gains[range] + ((gains[range + 1] - gains[range]) * band / Math.Max(1, width - 1));
        }
        return response;
    }
}

/// <summary>Shape of the frequency response of <see cref="FilterAugment"/>.</summary>
public enum FilterShape
{
    /// <summary>Linear in decibels between the borders of the ranges.</summary>
    [Key("linear")]
    Linear,

    /// <summary>Constant within each range.</summary>
    [Key("step")]
    Step,
}
