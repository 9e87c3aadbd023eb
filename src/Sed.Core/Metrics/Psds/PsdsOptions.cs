namespace Sed.Core.Metrics.Psds;

/// <summary>
/// The parameters of the polyphonic sound detection score (PSDS; Bilen et al. 2020). Immutable; checked on use.
/// </summary>
public sealed record PsdsOptions
{
    /// <summary>Scenario 1 of DCASE 2021 to 2023 Task 4: rewards exact onsets and offsets.</summary>
    public static PsdsOptions Scenario1 { get; } = new() { DetectionTolerance = 0.7, GroundTruthIntersection = 0.7 };

    /// <summary>Scenario 2 of DCASE 2021 to 2023 Task 4: penalises confusion between classes.</summary>
    public static PsdsOptions Scenario2 { get; } =
        new()
        {
            DetectionTolerance = 0.1,
            GroundTruthIntersection = 0.1,
            CrossTriggerWeight = 0.5,
        };

    /// <summary>
    /// Detection tolerance criterion (DTC): the fraction of a detection that must overlap reference events of its
    /// class, 0 to 1. Default 0.5.
    /// </summary>
    public double DetectionTolerance { get; init; } = 0.5;

    /// <summary>
    /// Ground truth intersection criterion (GTC): the fraction of a reference event that valid detections must cover, 0
    /// to 1. Default 0.5.
    /// </summary>
    public double GroundTruthIntersection { get; init; } = 0.5;

    /// <summary>
    /// Cross-trigger tolerance criterion (CTTC): the fraction of a false positive that must overlap events of another
    /// class for it to be a cross-trigger, 0 to 1. Default 0.3.
    /// </summary>
    public double CrossTriggerTolerance { get; init; } = 0.3;

    /// <summary>
    /// alpha_ct: the weight of cross-triggers in the effective false positive rate, 0 to 1. Default 0.
    /// </summary>
    public double CrossTriggerWeight { get; init; }

    /// <summary>alpha_st: the weight of the standard deviation over classes, 0 or more. Default 1.</summary>
    public double InstabilityWeight { get; init; } = 1;

    /// <summary>
    /// The effective false positive rate up to which the area is computed, per unit of time; positive. Default 100.
    /// </summary>
    public double MaxEffectiveFalsePositiveRate { get; init; } = 100;

    /// <summary>The unit of time of rates, in seconds. Default 3600 (one hour).</summary>
    public double UnitSeconds { get; init; } = 3600;

    /// <summary>Classes over which cross-trigger rates are averaged. Default: the other classes.</summary>
    public CrossTriggerAverage CrossTriggers { get; init; } = CrossTriggerAverage.OverOtherClasses;

    /// <summary>Copies the options with a different average of cross-trigger rates.</summary>
    public PsdsOptions WithCrossTriggers(CrossTriggerAverage average) => this with { CrossTriggers = average };

    /// <summary>Every problem of these options; empty when they are valid.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        void InUnit(string name, double value)
        {
            if (!(value >= 0 && value <= 1))
                problems.Add(FormattableString.Invariant($"{name} must lie between 0 and 1, was {value}."));
        }
        InUnit(nameof(DetectionTolerance), DetectionTolerance);
        InUnit(nameof(GroundTruthIntersection), GroundTruthIntersection);
        InUnit(nameof(CrossTriggerTolerance), CrossTriggerTolerance);
        InUnit(nameof(CrossTriggerWeight), CrossTriggerWeight);
        if (!(InstabilityWeight >= 0) || double.IsInfinity(InstabilityWeight))
            problems.Add(FormattableString.Invariant($"InstabilityWeight must be 0 or more, was {InstabilityWeight}."));
        if (!(MaxEffectiveFalsePositiveRate > 0) || double.IsInfinity(MaxEffectiveFalsePositiveRate))
            problems.Add(
                FormattableString.Invariant(
                    $"MaxEffectiveFalsePositiveRate must be positive, was {MaxEffectiveFalsePositiveRate}."
                )
            );
        if (!(UnitSeconds > 0) || double.IsInfinity(UnitSeconds))
            problems.Add(FormattableString.Invariant($"UnitSeconds must be positive, was {UnitSeconds}."));
        return problems;
    }

    internal void Check()
    {
        if (Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }
}

/// <summary>
/// Classes over which the cross-trigger rates of a class are averaged. Published tools use different sets of classes.
/// </summary>
public enum CrossTriggerAverage
{
    /// <summary>The n - 1 other classes (sed_scores_eval; Bilen et al. 2020, equation 5).</summary>
    OverOtherClasses,

    /// <summary>All n classes; the class itself counts as 0 (psds_eval 0.3).</summary>
    OverAllClasses,
}
