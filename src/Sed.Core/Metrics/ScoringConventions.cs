namespace Sed.Core.Metrics;

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
