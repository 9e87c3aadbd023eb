using Sed.Core.Detection.Calibrations;
using Sed.Core.Metrics.Calibration;

namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// A function that calibrates the probabilities of a class, fitted on reviewed stretches: the score of a stretch is its
/// largest frame probability, and after calibration a stretch with the score p contains the class with probability p. The
/// function is non-decreasing, so it can be applied to frame probabilities.
/// </summary>
/// <param name="Map">The function; null if no function has a smaller Brier score than the current calibration.</param>
/// <param name="ErrorBefore">
/// Expected calibration error with the current calibration (<see cref="CalibrationCounts.Error(int)"/>), 0 to 1.
/// </param>
/// <param name="ErrorAfter">
/// Expected calibration error with the new function, 0 to 1. It is cross-validated: each stretch is calibrated by a
/// function that was fitted on other stretches.
/// </param>
public sealed record StretchCalibration(ProbabilityMap? Map, double ErrorBefore, double ErrorAfter)
{
    private const int Folds = 10;

    /// <summary>
    /// A calibration needs at least this number of stretches that contain the class, and at least this number of
    /// stretches that do not contain it.
    /// </summary>
    public const int Fewest = 5;

    private delegate ProbabilityMap Fit(IReadOnlyCollection<(float, bool)> stretches);

    private static readonly Fit[] Candidates = [TemperatureScaling.Fit, IsotonicRegression.Fit];

    /// <summary>
    /// Fits temperature scaling and isotonic regression, and compares their Brier scores in a 10-fold cross-validation.
    /// Each fold consists of every tenth stretch in the order of the scores. The function with the smaller Brier score
    /// is kept, provided that this score is also smaller than the Brier score of the current calibration.
    /// </summary>
    /// <param name="stretches">
    /// Reviewed stretches that the model was not trained on. Their scores are probabilities before any calibration,
    /// from 0 to 1.
    /// </param>
    /// <param name="current">
    /// The current calibration, with which the fitted functions are compared. Null (default): the probabilities are not
    /// calibrated.
    /// </param>
    /// <returns>
    /// The calibration. Null if fewer than <see cref="Fewest"/> stretches contain the class, or if fewer than
    /// <see cref="Fewest"/> stretches do not contain it.
    /// </returns>
    public static StretchCalibration? Of(IReadOnlyCollection<ReviewedStretch> stretches, ProbabilityMap? current = null)
    {
        ArgumentNullException.ThrowIfNull(stretches);
        (float Score, bool IsPresent)[] sorted =
        [
            .. stretches.OrderBy(one => one.Score).Select(one => ((float)one.Score, one.IsPresent)),
        ];
        var present = sorted.Count(one => one.IsPresent);
        if (present < Fewest || sorted.Length - present < Fewest)
            return null;
        float[] plain = [.. sorted.Select(one => current?.Of(one.Score) ?? one.Score)];
        var best = (Fit: (Fit?)null, Scores: plain, Error: Brier(sorted, plain));
        foreach (var fit in Candidates)
        {
            var scores = CrossValidated(sorted, fit);
            if (Brier(sorted, scores) is var error && error < best.Error)
                best = (fit, scores, error);
        }
        var map = best.Fit?.Invoke(sorted);
        float[] fitted = map is null ? plain : [.. sorted.Select(one => map.Of(one.Score))];
        return new(map, ErrorOf(sorted, plain, plain), ErrorOf(sorted, fitted, best.Scores));
    }

    private static float[] CrossValidated((float Score, bool IsPresent)[] sorted, Fit fit)
    {
        var calibrated = new float[sorted.Length];
        for (var fold = 0; fold < Folds; fold++)
        {
            var own = fold;
            var map = fit([.. sorted.Where((_, rank) => rank % Folds != own)]);
            for (var rank = fold; rank < sorted.Length; rank += Folds)
                calibrated[rank] = map.Of(sorted[rank].Score);
        }
        return calibrated;
    }

    /// <summary>The mean squared difference between probability and label (Brier 1950).</summary>
    private static double Brier((float Score, bool IsPresent)[] sorted, float[] scores) =>
        sorted
            .Zip(scores, (one, score) => ((one.IsPresent ? 1 : 0) - score) * (double)((one.IsPresent ? 1 : 0) - score))
            .Average();

    /// <summary>
    /// Expected calibration error in bins of equal width. Stretches are assigned to bins by the function that was
    /// fitted on all stretches. The cross-validation fits a different function for each fold; bins of their
    /// probabilities would separate stretches without the class from stretches with it.
    /// </summary>
    private static double ErrorOf((float Score, bool IsPresent)[] sorted, float[] binned, float[] scores)
    {
        var sums = new double[CalibrationCounts.Bins];
        for (var k = 0; k < scores.Length; k++)
        {
            var bin = Math.Clamp((int)Math.Ceiling(binned[k] * sums.Length) - 1, 0, sums.Length - 1);
            sums[bin] += scores[k] - (sorted[k].IsPresent ? 1 : 0);
        }
        return sums.Sum(Math.Abs) / scores.Length;
    }
}
