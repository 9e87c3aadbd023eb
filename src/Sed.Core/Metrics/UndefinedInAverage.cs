namespace Sed.Core.Metrics;

/// <summary>What a class whose value is undefined contributes to an average over classes.</summary>
public enum UndefinedInAverage
{
    /// <summary>Nothing: the average is over the classes that have a value (sed_eval).</summary>
    LeftOut,

    /// <summary>Zero: the average is over all classes.</summary>
    CountedAsZero,
}
