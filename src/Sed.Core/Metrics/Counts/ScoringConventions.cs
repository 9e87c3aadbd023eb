namespace Sed.Core.Metrics.Counts;

/// <summary>
/// Values where a denominator is 0, for which published tools differ. The defaults are those of sed_eval 0.2.1. Results carry
/// their conventions.
/// </summary>
public sealed record ScoringConventions
{
    /// <summary>The conventions of sed_eval 0.2.1: class averages leave out undefined values; error rates add 2^-52 to denominators.</summary>
    public static ScoringConventions SedEval { get; } = new();

    /// <summary>How a class average treats classes whose value is undefined. Default: it leaves them out.</summary>
    public UndefinedInAverage UndefinedInAverage { get; init; } = UndefinedInAverage.LeftOut;

    /// <summary>The precision of an empty estimate. Default: undefined.</summary>
    public EmptyEstimate EmptyEstimate { get; init; } = EmptyEstimate.Undefined;

    /// <summary>The error rate of an empty reference. Default: division by 2^-52.</summary>
    public EmptyReference EmptyReference { get; init; } = EmptyReference.AddEpsilon;
}

/// <summary>How an average over classes treats a class whose value is undefined.</summary>
public enum UndefinedInAverage
{
    /// <summary>The average is over the classes that have a value (sed_eval).</summary>
    LeftOut,

    /// <summary>The class counts as 0, and the average is over all classes.</summary>
    CountedAsZero,
}

/// <summary>The precision of an empty estimate.</summary>
public enum EmptyEstimate
{
    /// <summary>Undefined, and with it F1 (sed_eval's default).</summary>
    Undefined,

    /// <summary>Zero (sed_eval's empty_system_output_handling = "zero_score").</summary>
    ZeroPrecision,
}

/// <summary>The error rates of an empty reference.</summary>
public enum EmptyReference
{
    /// <summary>Errors over the reference count plus 2^-52 (sed_eval): one insertion gives 4.5e15.</summary>
    AddEpsilon,

    /// <summary>Undefined; a class average treats it as <see cref="ScoringConventions.UndefinedInAverage"/> says.</summary>
    Undefined,
}
