using MathNet.Numerics.Distributions;
using Sed.Core.Labelling.Estimates;
using Sed.Core.Runtime;

namespace Sed.Bench;

/// <summary>
/// Coverage of the intervals of <see cref="Prevalence"/> and <see cref="ThresholdEstimates"/> in simulations. Scores
/// are normally distributed with standard deviation 1. The mean score of stretches with the class exceeds that of
/// stretches without it by the separation: 3 for a good detector (area under the ROC curve 0.98), 1.5 for a poor one
/// (0.86), 0 for scores that are unrelated to the class.
/// </summary>
internal static class LabellingCoverage
{
    private const int Stretches = 4000;
    private static readonly double[] separations = [3, 1.5, 0];
    private static readonly int[] samples = [50, 100, 200, 500];
    private static readonly double[] shares = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5];

    /// <summary>
    /// Prints the coverage of the intervals of prevalence and precision for each separation, sample size and
    /// prevalence.
    /// </summary>
    /// <param name="repetitions">Number of simulated collections in each row.</param>
    public static int Run(int repetitions)
    {
        Console.WriteLine(
            $"Each row: {repetitions} simulated collections of {Stretches} stretches; a coverage of 0.95 has a standard error of {Math.Sqrt(0.95 * 0.05 / repetitions):F3}."
        );
        Console.WriteLine(
            $"{"separation", 10}{"drawn", 7}{"share", 8}{"prevalence", 12}{"width", 8}{"of plain", 10}{"precision 0.8", 15}{"below", 7}{"chosen", 8}"
        );
        foreach (var separation in separations)
        foreach (var drawn in samples)
        foreach (var share in shares)
        {
            var results = new Result[repetitions];
            Workers.Run(
                repetitions,
                k =>
                    results[k] = One(
                        RandomSource.For(k, "coverage", separation, drawn, share),
                        drawn,
                        share,
                        separation
                    )
            );
            var chosen = results.Where(one => one.IsChosen).ToArray();
            Console.WriteLine(
                FormattableString.Invariant(
                    $"{separation, 10}{drawn, 7}{share, 8}{results.Average(one => one.IsCovered ? 1.0 : 0), 12:F3}{results.Average(one => one.Width), 8:F3}{results.Average(one => one.Width) / results.Average(one => one.PlainWidth), 10:F2}"
                )
                    + (
                        chosen.Length < repetitions / 10
                            ? ""
                            : FormattableString.Invariant(
                                $"{chosen.Average(one => one.IsPrecisionCovered ? 1.0 : 0), 15:F3}{chosen.Average(one => one.IsPrecisionBelow ? 1.0 : 0), 7:F3}{(double)chosen.Length / repetitions, 8:F2}"
                            )
                    )
            );
        }
        return 0;
    }

    private readonly record struct Result(
        bool IsCovered,
        double Width,
        double PlainWidth,
        bool IsChosen,
        bool IsPrecisionCovered,
        bool IsPrecisionBelow
    );

    private static Result One(Random random, int drawn, double share, double separation)
    {
        var present = (int)Math.Round(share * Stretches);
        var all = new ReviewedStretch[Stretches];
        for (var k = 0; k < all.Length; k++)
            all[k] = new(Normal.Sample(random, k < present ? separation : 0, 1), k < present);
        random.Shuffle(all);
        ClassSample sample = new(all[..drawn], [.. all[drawn..].Select(one => new ScoredStretch(one.Score))]);
        var (found, plain) = (Prevalence.Of(sample).Share, Prevalence.Of(sample, usesScores: false).Share);
        var truth = (double)present / Stretches;
        var lowest = ThresholdEstimates.Lowest(sample, 0.8);
        var detected = lowest is null ? [] : all.Where(one => one.Score >= lowest.Threshold).ToArray();
        var precision = lowest is null ? 0 : detected.Average(one => one.IsPresent ? 1.0 : 0);
        return new(
            found.Low <= truth && truth <= found.High,
            found.High - found.Low,
            plain.High - plain.Low,
            lowest is not null,
            lowest is { } one && one.Precision.Low <= precision && precision <= one.Precision.High,
            lowest is { } other && precision < other.Precision.Low
        );
    }
}
