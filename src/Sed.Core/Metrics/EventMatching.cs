namespace Sed.Core.Metrics;

/// <summary>How reference events and estimated events of one label are paired.</summary>
public enum EventMatching
{
    /// <summary>As many pairs as possible (maximum bipartite matching; sed_eval's default).</summary>
    Optimal,

    /// <summary>
    /// Each reference event takes the first free estimated event, in the order of the lists (sed_eval's older way). The order
    /// of the rows can change the result.
    /// </summary>
    Greedy,
}
