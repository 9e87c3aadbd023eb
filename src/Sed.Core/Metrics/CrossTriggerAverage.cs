namespace Sed.Core.Metrics;

/// <summary>Over how many classes the cross-trigger rates of a class are averaged; the two published tools differ.</summary>
public enum CrossTriggerAverage
{
    /// <summary>Over the n - 1 other classes (sed_scores_eval; Bilen et al. 2020, equation 5).</summary>
    OverOtherClasses,

    /// <summary>Over all n classes, the class itself counting as zero (psds_eval 0.3).</summary>
    OverAllClasses,
}
