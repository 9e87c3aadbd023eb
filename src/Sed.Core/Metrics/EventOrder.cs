namespace Sed.Core.Metrics;

/// <summary>
/// The order in which events are taken. It never changes how many pairs the optimal matching finds, but where several largest
/// matchings exist it decides which events are left over, and so how many of them are substitutions.
/// </summary>
public enum EventOrder
{
    /// <summary>The order of the rows, as in sed_eval: every number is the one that sed_eval gives for the same lists.</summary>
    AsListed,

    /// <summary>By onset, then offset: no number depends on the order of the rows.</summary>
    ByTime,
}
