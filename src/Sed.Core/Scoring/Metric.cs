namespace Sed.Core.Scoring;

/// <summary>
/// A score of a detector on the clips of one split. Rates are fractions; where a rate is undefined because nothing was
/// detected, it is 0, and where nobody knows when events start and end, a metric of events is <see cref="double.NaN"/>.
/// </summary>
/// <param name="name">As a table's heading; every metric has another.</param>
/// <param name="summary">What it says, in one line.</param>
/// <param name="needsEvents">Whether it needs to know when events start and end.</param>
public abstract class Metric(string name, string summary, bool needsEvents)
{
    // Resamples of clips whose counts are added up take microseconds each, of other metrics milliseconds.
    private protected const int ManyResamples = 2000;
    private protected const int FewResamples = 400;

    /// <summary>As a table's heading; every metric has another.</summary>
    public string Name { get; } = name;

    /// <summary>What it says, in one line.</summary>
    public string Summary { get; } = summary;

    /// <summary>Whether it needs to know when events start and end.</summary>
    public bool NeedsEvents { get; } = needsEvents;

    /// <summary>Whether lower is better, as of error rates.</summary>
    public bool LowerIsBetter { get; init; }

    /// <summary>Whether it lies between 0 and 1, as F-scores and mean precisions do and error rates do not.</summary>
    public bool IsFraction { get; init; } = true;

    /// <summary>Whether it follows from the decisions; else it looks at the scores behind them, at every threshold.</summary>
    public virtual bool IsOfDecisions => true;

    /// <summary>How many resamples its intervals and p-values are made of.</summary>
    public virtual int Resamples => ManyResamples;

    /// <summary>Its value on clips that each stand in the corpus as often as their weights say.</summary>
    public double Of(WeightedClips clips) => NeedsEvents && !clips.Scored.HasEvents ? double.NaN : Value(clips);

    /// <summary>Its value on clips that each stand in the corpus once.</summary>
    public double Of(ScoredClips clips) => Of(clips.Once());

    private protected abstract double Value(WeightedClips clips);

    /// <summary>
    /// Every metric that there is, in the order in which tables and reports list them. A metric is a line in one of the files
    /// beside this one, and a name in the language.
    /// </summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        .. TagMetrics.All,
        .. SegmentMetrics.All,
        .. EventMetrics.All,
        .. RankingMetrics.All,
        .. ThresholdMetrics.All,
        .. PsdsMetrics.All,
    ];

    /// <summary>The metric of a name; null where there is none.</summary>
    public static Metric? Named(string name) => All.FirstOrDefault(metric => metric.Name == name);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The metric alone.</summary>
    public static implicit operator Monitor(Metric metric) => new Monitor.Score(metric);

    /// <summary>One metric and another.</summary>
    public static Monitor operator +(Metric left, Metric right) => new Monitor.Score(left) + new Monitor.Score(right);

    /// <summary>One metric less another.</summary>
    public static Monitor operator -(Metric left, Metric right) => new Monitor.Score(left) - new Monitor.Score(right);

    /// <summary>A metric and a monitor.</summary>
    public static Monitor operator +(Metric left, Monitor right) => new Monitor.Score(left) + right;

    /// <summary>A metric less a monitor.</summary>
    public static Monitor operator -(Metric left, Monitor right) => new Monitor.Score(left) - right;

    /// <summary>A metric, so many times.</summary>
    public static Monitor operator *(double factor, Metric metric) => factor * new Monitor.Score(metric);
}
