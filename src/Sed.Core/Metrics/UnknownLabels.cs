namespace Sed.Core.Metrics;

/// <summary>What becomes of an event whose label is not in the class list.</summary>
public enum UnknownLabels
{
    /// <summary>It is an error that names the event.</summary>
    Refuse,

    /// <summary>
    /// It counts in the overall event-based metrics and in no class, as in sed_eval; segment-based metrics still refuse it.
    /// </summary>
    CountOverall,
}
