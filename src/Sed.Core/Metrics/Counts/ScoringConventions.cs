namespace Sed.Core.Metrics.Counts;

/// <summary>
/// What a result says where the reference tools differ or divide by nothing. The defaults are those of sed_eval 0.2.1; a
/// result carries the conventions that it was made with.
/// </summary>
public sealed record ScoringConventions
{
    /// <summary>sed_eval 0.2.1: undefined values are left out of class averages, rates of an empty reference divide by 2^-52.</summary>
    public static ScoringConventions SedEval { get; } = new();

    /// <summary>What an undefined class contributes to a class average. Default: nothing.</summary>
    public UndefinedInAverage UndefinedInAverage { get; init; } = UndefinedInAverage.LeftOut;

    /// <summary>The precision of an estimate without any activity. Default: undefined.</summary>
    public EmptyEstimate EmptyEstimate { get; init; } = EmptyEstimate.Undefined;

    /// <summary>The error rate of a reference without any activity. Default: division by 2^-52.</summary>
    public EmptyReference EmptyReference { get; init; } = EmptyReference.AddEpsilon;
}

/// <summary>What a class whose value is undefined contributes to an average over classes.</summary>
public enum UndefinedInAverage
{
    /// <summary>Nothing: the average is over the classes that have a value (sed_eval).</summary>
    LeftOut,

    /// <summary>Zero: the average is over all classes.</summary>
    CountedAsZero,
}

/// <summary>The precision where the estimate has nothing at all.</summary>
public enum EmptyEstimate
{
    /// <summary>Undefined, and with it the F-measure (sed_eval's default).</summary>
    Undefined,

    /// <summary>Zero (sed_eval's empty_system_output_handling = "zero_score").</summary>
    ZeroPrecision,
}

/// <summary>Error rates where the reference has nothing at all.</summary>
public enum EmptyReference
{
    /// <summary>Every error rate divides by the reference count plus 2^-52, so that one insertion over nothing is 4.5e15 (sed_eval).</summary>
    AddEpsilon,

    /// <summary>Undefined, and left out of averages or counted as zero like every undefined value.</summary>
    Undefined,
}
