namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// Precision and recall of the detections of a class at a threshold of the score, in the stretches among which the sample
/// was drawn. A stretch is detected if its score is at least the threshold.
/// </summary>
/// <param name="Threshold">The threshold.</param>
/// <param name="Precision">Share of the detected stretches that contain the class.</param>
/// <param name="Recall">Share of the stretches with the class that are detected.</param>
/// <param name="Detected">Number of detected stretches, drawn or not.</param>
/// <param name="DrawnDetected">Number of detected stretches in the sample, from which the precision is estimated.</param>
public sealed record ThresholdEstimates(
    double Threshold,
    Estimate Precision,
    Estimate Recall,
    int Detected,
    int DrawnDetected
)
{
    private const int Folds = 10;

    /// <summary>The estimates at a given threshold, with binomial intervals (<see cref="BinomialInterval"/>).</summary>
    /// <param name="sample">The sample and the scores.</param>
    /// <param name="threshold">The threshold, which does not depend on the labels of the sample.</param>
    public static ThresholdEstimates At(ClassSample sample, double threshold)
    {
        ArgumentNullException.ThrowIfNull(sample);
        Counts counts = default;
        foreach (var one in sample.Drawn)
            counts = counts.With(one, threshold);
        return counts.Estimates(sample, threshold);
    }

    /// <summary>
    /// The lowest threshold at which the precision in the sample reaches a value: (k + 0.5) / (m + 1), where k of the m
    /// detected stretches contain the class. Candidates are the scores of the sample.
    /// </summary>
    /// <remarks>
    /// The precision at a threshold that was chosen on the same stretches is too high. Precision and recall are therefore
    /// cross-validated: the sample is divided into 10 parts (by the order of scores), the threshold is chosen on nine of
    /// them, and the stretches of the tenth are counted at it. A part without a threshold counts at
    /// the threshold of the whole sample.
    /// </remarks>
    /// <param name="sample">The sample and the scores.</param>
    /// <param name="precision">The precision, above 0 and below 1.</param>
    /// <returns>The estimates; null if no threshold reaches the precision.</returns>
    public static ThresholdEstimates? Lowest(ClassSample sample, double precision)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (!(precision is > 0 and < 1))
            throw new ArgumentOutOfRangeException(
                nameof(precision),
                precision,
                "The precision must lie between 0 and 1."
            );
        ReviewedStretch[] sorted = [.. sample.Drawn.OrderByDescending(one => one.Score)];
        if (Chosen(sorted, precision) is not { } threshold)
            return null;
        Counts counts = default;
        for (var fold = 0; fold < Folds; fold++)
        {
            var own = fold;
            var others = Chosen([.. sorted.Where((_, rank) => rank % Folds != own)], precision) ?? threshold;
            for (var rank = fold; rank < sorted.Length; rank += Folds)
                counts = counts.With(sorted[rank], others);
        }
        return counts.Estimates(sample, threshold);
    }

    /// <summary>The lowest threshold that reaches the precision.</summary>
    /// <param name="sorted">Stretches by descending score.</param>
    /// <param name="precision">The precision.</param>
    private static double? Chosen(ReviewedStretch[] sorted, double precision)
    {
        double? lowest = null;
        var present = 0;
        for (var k = 0; k < sorted.Length; k++)
        {
            present += sorted[k].IsPresent ? 1 : 0;
            // Equal scores are detected together.
            var isLast = k + 1 == sorted.Length || sorted[k + 1].Score < sorted[k].Score;
            if (isLast && (present + 0.5) / (k + 2) >= precision)
                lowest = sorted[k].Score;
        }
        return lowest;
    }

    private readonly record struct Counts(int Right, int Wrong, int Missed)
    {
        public Counts With(ReviewedStretch one, double threshold) =>
            (one.Score >= threshold, one.IsPresent) switch
            {
                (true, true) => this with { Right = Right + 1 },
                (true, false) => this with { Wrong = Wrong + 1 },
                (false, true) => this with { Missed = Missed + 1 },
                _ => this,
            };

        public ThresholdEstimates Estimates(ClassSample sample, double threshold) =>
            new(
                threshold,
                BinomialInterval.Of(Right, Right + Wrong),
                BinomialInterval.Of(Right, Right + Missed),
                sample.AtLeast(threshold),
                sample.Drawn.Count(one => one.Score >= threshold)
            );
    }
}
