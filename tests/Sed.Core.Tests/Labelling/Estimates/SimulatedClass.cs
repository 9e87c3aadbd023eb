using MathNet.Numerics.Distributions;
using Sed.Core.Labelling.Estimates;

namespace Sed.Core.Tests.Labelling.Estimates;

/// <summary>Stretches with normally distributed scores, of which a random sample is reviewed.</summary>
internal static class SimulatedClass
{
    /// <param name="random">Source of the draws.</param>
    /// <param name="stretches">Number of stretches.</param>
    /// <param name="drawn">Number of drawn stretches.</param>
    /// <param name="share">Share of the stretches that contain the class.</param>
    /// <param name="separation">Difference of the mean scores, in standard deviations.</param>
    internal static (ClassSample Sample, double Share) Draw(
        Random random,
        int stretches,
        int drawn,
        double share,
        double separation
    )
    {
        var present = (int)Math.Round(share * stretches);
        ReviewedStretch[] all =
        [
            .. Enumerable
                .Range(0, stretches)
                .Select(k => new ReviewedStretch(Normal.Sample(random, k < present ? separation : 0, 1), k < present)),
        ];
        random.Shuffle(all);
        return (
            new(all[..drawn], [.. all[drawn..].Select(one => new ScoredStretch(one.Score))]),
            (double)present / stretches
        );
    }
}
