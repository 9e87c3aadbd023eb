namespace Sed.Core.Metrics.Counts;

/// <summary>
/// Values that are used for metrics with a denominator of 0. Published tools use different values; the defaults are the
/// values of sed_eval 0.2.1. Results include the conventions that were used to compute them.
/// </summary>
public sealed record ScoringConventions
{
    /// <summary>
    /// The conventions of sed_eval 0.2.1: class averages leave out undefined values; error rates add 2^-52 to
    /// denominators.
    /// </summary>
    public static ScoringConventions SedEval { get; } = new();

    /// <summary>How a class average treats classes whose value is undefined. Default: they are left out.</summary>
    public UndefinedInAverage UndefinedInAverage { get; init; } = UndefinedInAverage.LeftOut;

    /// <summary>The precision of an empty estimate. Default: undefined.</summary>
    public EmptyEstimate EmptyEstimate { get; init; } = EmptyEstimate.Undefined;

    /// <summary>The error rate for an empty reference. Default: division by 2^-52.</summary>
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
    /// <summary>Precision and F1 are undefined (sed_eval's default).</summary>
    Undefined,

    /// <summary>Precision is 0 (sed_eval's empty_system_output_handling = "zero_score").</summary>
    ZeroPrecision,
}

/// <summary>The error rates of an empty reference.</summary>
public enum EmptyReference
{
    /// <summary>Errors divided by 2^-52 (sed_eval): one insertion gives 4.5e15.</summary>
    AddEpsilon,

    /// <summary>
    /// Error rates are undefined. <see cref="ScoringConventions.UndefinedInAverage"/> determines how a class average
    /// treats them.
    /// </summary>
    Undefined,
}
