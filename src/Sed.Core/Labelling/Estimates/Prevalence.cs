namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// The prevalence of a class: the share of stretches that contain it, estimated from a random sample and the scores of all
/// stretches, as in the estimation of call densities (Navine et al. 2024, "All thresholds barred").
/// </summary>
/// <remarks>
/// The drawn stretches are counted in bins of the score (<see cref="ScoreBins"/>), and each bin is weighted by its
/// share of all stretches (post-stratification). Bins are formed separately for each inclusion probability. The
/// interval is that of a binomial share for the effective number of stretches n v0 / v (Korn and Graubard 1998), with
/// Jeffreys' prior instead of Clopper and Pearson's limits; v is the variance of the estimate, and v0 is the variance
/// of the share in a simple random sample of n stretches. For both variances, the share in each bin is moved towards
/// the share in the sample by the weight of half a stretch, so that a bin without the class has a variance above 0. If
/// at least 5 drawn stretches contain the class and at least 5 do not, the effective number is divided by 1 - n / N
/// (finite population). Stretches that could not be drawn, but have known labels, are counted exactly. <c>Sed.Bench
/// labelling coverage</c> measures the coverage for 50 to 500 drawn stretches of 4000, prevalences from 0.5 % to 50 %
/// and three detectors. The coverage is 93 to 98 %, on average 94.8 %, if at least two drawn stretches with the class
/// are expected, and 96 to 99 % otherwise.
/// </remarks>
/// <param name="Share">Share of all stretches that contain the class.</param>
/// <param name="Stretches">Number of stretches that contain the class.</param>
/// <param name="IsCoarse">
/// Whether fewer than two drawn stretches contain the class. The interval is then wide, usually wider than its
/// confidence level requires. Always false if all stretches were drawn.
/// </param>
public sealed record Prevalence(Estimate Share, Estimate Stretches, bool IsCoarse)
{
    private const double Shrinkage = 0.5;
    private const int Few = 2;
    private const int FewestForFinite = 5;

    /// <summary>Estimates the prevalence. Deterministic.</summary>
    /// <param name="sample">The sample and the scores.</param>
    /// <param name="usesScores">
    /// Whether the scores define bins. Default true. Use false if the model may have been trained on the labels of the
    /// sample, because its scores are then not comparable with those of other stretches.
    /// </param>
    /// <exception cref="ArgumentException">No stretch was drawn.</exception>
    public static Prevalence Of(ClassSample sample, bool usesScores = true)
    {
        ArgumentNullException.ThrowIfNull(sample);
        var (drawn, present, from) = (sample.Drawn.Count, sample.DrawnPresent, sample.DrawnFrom);
        if (drawn == 0)
            throw new ArgumentException("No stretch was drawn at random.", nameof(sample));
        var bins = sample
            .Parts()
            .SelectMany(part =>
                usesScores
                    ? ScoreBins.Of(part.Drawn, part.Others)
                    :
                    [
                        new ScoreBins.Bin(
                            part.Drawn.Length + part.Others.Length,
                            part.Drawn.Length,
                            part.Drawn.Count(one => one.IsPresent)
                        ),
                    ]
            );
        var rate = RateOf([.. bins], drawn, from);
        // The estimates must not contradict the known labels.
        double least = sample.KnownPresent + present + sample.Others.Count(one => one.IsPresent == true);
        double most = sample.KnownPresent + present + sample.Others.Count(one => one.IsPresent != false);
        Estimate count = new(
            Math.Clamp(sample.KnownPresent + (rate.Value * from), least, most),
            Math.Clamp(sample.KnownPresent + (rate.Low * from), least, most),
            Math.Clamp(sample.KnownPresent + (rate.High * from), least, most)
        );
        return new(count.Times(1.0 / sample.Stretches), count, drawn < from && present < Few);
    }

    /// <summary>The share of stretches with the class among the stretches that could be drawn.</summary>
    private static Estimate RateOf(ScoreBins.Bin[] bins, int drawn, int from)
    {
        var present = bins.Sum(bin => bin.Present);
        var pooled = (present + 0.5) / (drawn + 1);
        var (rate, smooth, variance) = (0.0, 0.0, 0.0);
        foreach (var bin in bins)
        {
            var share = (double)bin.Stretches / from;
            var moved = (bin.Present + (Shrinkage * pooled)) / (bin.Drawn + Shrinkage);
            rate += share * bin.Present / bin.Drawn;
            smooth += share * moved;
            variance += share * share * moved * (1 - moved) / bin.Drawn;
        }
        if (drawn == from)
            return new(rate, rate, rate);
        var effective = smooth * (1 - smooth) / variance;
        if (Math.Min(present, drawn - present) >= FewestForFinite)
            effective /= 1 - ((double)drawn / from);
        // The sum of the shares of all bins can exceed 1 by rounding errors.
        return present == drawn
            ? BinomialInterval.Of(effective, effective)
            : BinomialInterval.Of(Math.Min(rate * effective, effective), effective);
    }
}
