namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// The prevalence of a class: the share of stretches that contain it, estimated from a random sample and the scores of all
/// stretches, as in the estimation of call densities (Navine et al. 2024, "All thresholds barred").
/// </summary>
/// <remarks>
/// The drawn stretches are counted in bins of the score (<see cref="ScoreBins"/>), and each bin counts by its share of all
/// stretches (post-stratification). The interval is that of a binomial share with the effective number of stretches
/// n v0 / v (Korn and Graubard 1998), with Jeffreys' prior instead of Clopper and Pearson's limits; v is the variance of the
/// estimate and v0 that of a plain share of n stretches. In both, the share of a bin is moved towards the share of the
/// sample by the weight of half a stretch, so that a bin without the class has a variance. The effective number is divided
/// by 1 - n / N (finite population). Stretches with known labels are added without error. In simulations of 50 to 500
/// drawn stretches and prevalences from 0.5 % to 50 %, the interval contains the prevalence in 93 to 97 % of cases; it
/// is wider than needed if the sample has fewer than two expected stretches with the class, or if a small sample separates
/// nearly perfectly (up to 99 %; Sed.Bench labelling coverage).
/// </remarks>
/// <param name="Share">Share of all stretches that contain the class.</param>
/// <param name="Stretches">Number of stretches that contain the class.</param>
/// <param name="IsCoarse">
/// Whether fewer than two drawn stretches contain the class, so that the interval is wide and mostly wider than needed.
/// </param>
public sealed record Prevalence(Estimate Share, Estimate Stretches, bool IsCoarse)
{
    private const double Shrinkage = 0.5;
    private const int Few = 2;

    /// <summary>Estimates the prevalence. Deterministic.</summary>
    /// <param name="sample">The sample and the scores.</param>
    /// <param name="usesScores">
    /// Whether the scores define bins. Default true. False if the model may have been trained on the labels of the sample:
    /// the scores of the sample would then not be comparable with those of other stretches.
    /// </param>
    /// <exception cref="ArgumentException">No stretch was drawn.</exception>
    public static Prevalence Of(ClassSample sample, bool usesScores = true)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var (drawn, present, from) = (sample.Drawn.Count, sample.DrawnPresent, sample.DrawnFrom);
        if (drawn == 0)
            throw new ArgumentException("No stretch was drawn at random.", nameof(sample));
        var rate =
            drawn == from ? new Estimate((double)present / drawn, (double)present / drawn, (double)present / drawn)
            : usesScores ? RateOf(ScoreBins.Of(sample), drawn, from)
            : RateOf([new(1, drawn, present)], drawn, from);
        // Reviewed stretches are certain.
        double least = sample.KnownPresent + present;
        double most = least + sample.Others.Count;
        var count = new Estimate(
            sample.KnownPresent + (rate.Value * from),
            Math.Clamp(sample.KnownPresent + (rate.Low * from), least, most),
            Math.Clamp(sample.KnownPresent + (rate.High * from), least, most)
        );
        count = count with { Value = Math.Clamp(count.Value, count.Low, count.High) };
        return new(count.Times(1.0 / sample.Stretches), count, drawn < from && present < Few);
    }

    /// <summary>The share of the class in the stretches among which the sample was drawn.</summary>
    private static Estimate RateOf(ScoreBins.Bin[] bins, int drawn, int from)
    {
        var pooled = (bins.Sum(bin => bin.Present) + 0.5) / (drawn + 1);
        var (rate, smooth, variance) = (0.0, 0.0, 0.0);
        foreach (var bin in bins)
        {
            var moved = (bin.Present + (Shrinkage * pooled)) / (bin.Drawn + Shrinkage);
            rate += bin.Share * bin.Present / bin.Drawn;
            smooth += bin.Share * moved;
            variance += bin.Share * bin.Share * moved * (1 - moved) / bin.Drawn;
        }
        var effective = smooth * (1 - smooth) / variance / (1 - ((double)drawn / from));
        rate = Math.Min(rate, 1);
        return BinomialInterval.Of(Math.Min(rate * effective, effective), effective);
    }
}
