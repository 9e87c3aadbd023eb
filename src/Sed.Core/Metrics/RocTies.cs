namespace Sed.Core.Metrics;

/// <summary>Which of several thresholds with the same false positive rate ends a vertical step of the ROC curve.</summary>
public enum RocTies
{
    /// <summary>The lowest threshold, with the most true positives: the true area, as in scikit-learn.</summary>
    InOrder,

    /// <summary>
    /// Whichever NumPy's unstable sort leaves last, twice, as in sed_scores_eval 0.0.4 with NumPy 1.24: a little off the true
    /// area, and only for comparison with that tool.
    /// </summary>
    AsSedScoresEval,
}
