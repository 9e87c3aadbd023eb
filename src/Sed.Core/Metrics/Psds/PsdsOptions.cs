namespace Sed.Core.Metrics.Psds;

/// <summary>
/// What the polyphonic sound detection score asks of detections (Bilen et al., ICASSP 2020). Immutable; checked where it is
/// used.
/// </summary>
public sealed record PsdsOptions
{
    /// <summary>DCASE 2021 to 2023, scenario 1: react fast, localise well.</summary>
    public static PsdsOptions Scenario1 { get; } = new() { DetectionTolerance = 0.7, GroundTruthIntersection = 0.7 };

    /// <summary>DCASE 2021 to 2023, scenario 2: do not confuse classes.</summary>
    public static PsdsOptions Scenario2 { get; } =
        new()
        {
            DetectionTolerance = 0.1,
            GroundTruthIntersection = 0.1,
            CrossTriggerWeight = 0.5,
        };

    /// <summary>DTC: the part of a detection that must lie on reference events of its class; 0 to 1. Default 0.5.</summary>
    public double DetectionTolerance { get; init; } = 0.5;

    /// <summary>GTC: the part of a reference event that valid detections must cover; 0 to 1. Default 0.5.</summary>
    public double GroundTruthIntersection { get; init; } = 0.5;

    /// <summary>CTTC: the part of a failed detection that must lie on another class to be a cross-trigger; 0 to 1. Default 0.3.</summary>
    public double CrossTriggerTolerance { get; init; } = 0.3;

    /// <summary>alpha_ct: the weight of cross-triggers in the effective false positive rate; 0 to 1. Default 0.</summary>
    public double CrossTriggerWeight { get; init; }

    /// <summary>alpha_st: how much the deviation between classes costs; 0 or more. Default 1.</summary>
    public double InstabilityWeight { get; init; } = 1;

    /// <summary>The effective false positive rate up to which the area is taken, per unit of time; positive. Default 100.</summary>
    public double MaxEffectiveFalsePositiveRate { get; init; } = 100;

    /// <summary>The unit of time of all rates, in seconds. Default 3600, an hour.</summary>
    public double UnitSeconds { get; init; } = 3600;

    /// <summary>Over how many classes cross-triggers are averaged. Default: the other classes.</summary>
    public CrossTriggerAverage CrossTriggers { get; init; } = CrossTriggerAverage.OverOtherClasses;

    /// <summary>The same, with cross-triggers averaged by another convention.</summary>
    public PsdsOptions WithCrossTriggers(CrossTriggerAverage average) => this with { CrossTriggers = average };

    /// <summary>Every reason these options cannot be used; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        void InUnit(string name, double value)
        {
            if (!(value >= 0 && value <= 1))
                problems.Add(FormattableString.Invariant($"{name} must lie in 0 to 1, was {value}."));
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

/// <summary>Over how many classes the cross-trigger rates of a class are averaged; the two published tools differ.</summary>
public enum CrossTriggerAverage
{
    /// <summary>Over the n - 1 other classes (sed_scores_eval; Bilen et al. 2020, equation 5).</summary>
    OverOtherClasses,

    /// <summary>Over all n classes, the class itself counting as zero (psds_eval 0.3).</summary>
    OverAllClasses,
}
