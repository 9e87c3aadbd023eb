using System.Text.Json;
using System.Text.Json.Serialization;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Scoring;

/// <summary>
/// A metric of a system on a set of clips, for example the segment-based F1. Result tables, early stopping and
/// <c>seddsl evaluate</c> share its implementation. Rates are fractions.
/// </summary>
[JsonConverter(typeof(KeyConverter))]
public sealed class Metric
{
    // Numbers of bootstrap resamples. A resample takes microseconds for metrics of decisions, and milliseconds for
    // curves and rankings.
    private const int ManyResamples = 2000;
    private const int FewResamples = 400;

    private readonly Func<WeightedClips, Rate> value;

    /// <param name="key">
    /// The stable name in canonical keys and machine-readable output, for example "weakF"; unique.
    /// </param>
    /// <param name="name">The heading in tables, for example "weak F"; unique.</param>
    /// <param name="summary">A description in one line.</param>
    /// <param name="basis">The part of the inputs that the metric is computed from.</param>
    /// <param name="value">Computes the metric on weighted clips; only called if the inputs have the basis.</param>
    public Metric(string key, string name, string summary, MetricBasis basis, Func<WeightedClips, Rate> value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(summary);
        ArgumentNullException.ThrowIfNull(value);
        Key = key;
        Name = name;
        Summary = summary;
        Basis = basis;
        this.value = value;
    }

    /// <summary>
    /// All metrics, in the order of tables and reports. To add a metric, add it to the list of its group, for example
    /// <see cref="TagMetrics.All"/>, or add a new group here.
    /// </summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        .. TagMetrics.All,
        .. SegmentMetrics.All,
        .. EventMetrics.All,
        .. IntersectionMetrics.All,
        .. FrameMetrics.All,
        .. RankingMetrics.All,
        .. ThresholdMetrics.All,
        .. RocMetrics.All,
        .. PsdsMetrics.All,
        .. CalibrationMetrics.All,
    ];

    /// <summary>The stable name in canonical keys and machine-readable output; it never changes.</summary>
    public string Key { get; }

    /// <summary>The heading in tables.</summary>
    public string Name { get; }

    /// <summary>A description in one line.</summary>
    public string Summary { get; }

    /// <summary>The part of the inputs that the metric is computed from.</summary>
    public MetricBasis Basis { get; }

    /// <summary>Whether lower values are better, as for error rates. Default false.</summary>
    public bool LowerIsBetter { get; init; }

    /// <summary>Whether values lie between 0 and 1, as F-scores do and error rates do not. Default true.</summary>
    public bool IsFraction { get; init; } = true;

    /// <summary>
    /// For a macro average, returns the classes over which the average is taken on weighted clips. Null (the default)
    /// for all other metrics.
    /// </summary>
    public Func<WeightedClips, IReadOnlyList<string>>? Averaged { get; init; }

    /// <summary>
    /// For a metric that can be computed for a single class, returns its value for the class with the given label. Such
    /// metrics can have a column in tables of scores by class. Null (the default) for all other metrics.
    /// </summary>
    public Func<WeightedClips, string, Rate>? OfClass { get; init; }

    /// <summary>Whether the metric needs strong labels.</summary>
    public bool NeedsEvents =>
        Basis is MetricBasis.Segments or MetricBasis.Events or MetricBasis.KnownEvents or MetricBasis.FrameScores;

    /// <summary>Whether the metric is computed from decisions (events or tags) rather than from scores.</summary>
    public bool IsOfDecisions =>
        Basis is not (MetricBasis.TagScores or MetricBasis.WeakOutput or MetricBasis.FrameScores);

    /// <summary>
    /// Number of bootstrap resamples for intervals and p-values: 2000 for metrics of decisions, 400 for metrics of
    /// scores.
    /// </summary>
    public int Resamples => IsOfDecisions ? ManyResamples : FewResamples;

    /// <summary>
    /// The minimum number of independent clips for a confidence interval (<c>Sed.Bench statistics</c>): 10 for metrics
    /// of decisions and 100 for metrics of scores. Counts of decisions are summed over all classes, whereas each curve
    /// of scores belongs to a single class.
    /// </summary>
    public int FewestClips => IsOfDecisions ? 10 : 100;

    /// <summary>Returns the metric with this name, or null if there is none.</summary>
    public static Metric? Named(string name) => All.FirstOrDefault(metric => metric.Name == name);

    /// <summary>Returns the metric with this key, or null if there is none.</summary>
    public static Metric? WithKey(string key) => All.FirstOrDefault(metric => metric.Key == key);

    /// <summary>Computes the value on weighted clips, or the reason why it is undefined.</summary>
    public Rate RateOf(WeightedClips clips)
    {
        ArgumentNullException.ThrowIfNull(clips);
        return clips.Inputs.Has(Basis) ? value(clips) : Rate.Undefined($"these inputs have no {NameOf(Basis)}");
    }

    /// <summary>
    /// Computes the value for one class on weighted clips, or the reason why it is undefined (<see cref="OfClass"/>).
    /// </summary>
    /// <param name="clips">The weighted clips.</param>
    /// <param name="label">Label of one of the classes.</param>
    public Rate RateOf(WeightedClips clips, string label)
    {
        ArgumentNullException.ThrowIfNull(clips);
        return OfClass is null ? Rate.Undefined($"{Name} is not computed for single classes")
            : clips.Inputs.Has(Basis) ? OfClass(clips, label)
            : Rate.Undefined($"these inputs have no {NameOf(Basis)}");
    }

    /// <summary>
    /// Computes the value on weighted clips as shown in tables. It is 0 if the rate is undefined, for example because
    /// nothing was detected. It is <see cref="double.NaN"/> if the inputs lack the <see cref="Basis"/>.
    /// </summary>
    public double Of(WeightedClips clips)
    {
        ArgumentNullException.ThrowIfNull(clips);
        if (!clips.Inputs.Has(Basis))
            return double.NaN;
        var rate = value(clips);
        return rate.IsDefined ? rate.Value : 0;
    }

    /// <summary>Computes the value on clips of equal weight, as shown in tables.</summary>
    public double Of(ScoredClips clips)
    {
        ArgumentNullException.ThrowIfNull(clips);
        return Of(clips.Once());
    }

    private static string NameOf(MetricBasis basis) =>
        basis switch
        {
            MetricBasis.Tags => "tags",
            MetricBasis.WeakOutputTags or MetricBasis.WeakOutput => "weak output",
            MetricBasis.Segments => "segments",
            MetricBasis.Events => "events",
            MetricBasis.KnownEvents => "events",
            MetricBasis.TagScores => "clip scores",
            _ => "frame scores",
        };

    /// <summary>Returns <see cref="Name"/>.</summary>
    public override string ToString() => Name;

    /// <summary>Converts a metric to a monitor of only this metric.</summary>
    public static implicit operator Monitor(Metric metric) => new Monitor.Score(metric);

    /// <summary>The sum of two metrics.</summary>
    public static Monitor operator +(Metric left, Metric right) => new Monitor.Score(left) + new Monitor.Score(right);

    /// <summary>The difference of two metrics.</summary>
    public static Monitor operator -(Metric left, Metric right) => new Monitor.Score(left) - new Monitor.Score(right);

    /// <summary>The sum of a metric and a monitor.</summary>
    public static Monitor operator +(Metric left, Monitor right) => new Monitor.Score(left) + right;

    /// <summary>The difference of a metric and a monitor.</summary>
    public static Monitor operator -(Metric left, Monitor right) => new Monitor.Score(left) - right;

    /// <summary>The product of a factor and a metric.</summary>
    public static Monitor operator *(double factor, Metric metric) => factor * new Monitor.Score(metric);

    /// <summary>Serializes a metric as its key.</summary>
    private sealed class KeyConverter : JsonConverter<Metric>
    {
        public override Metric Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && WithKey(reader.GetString()!) is { } metric
                ? metric
                : throw new JsonException($"expected one of {string.Join(", ", All.Select(metric => metric.Key))}");

        public override void Write(Utf8JsonWriter writer, Metric metric, JsonSerializerOptions options) =>
            writer.WriteStringValue(metric.Key);
    }
}

/// <summary>The part of the inputs that a metric is computed from.</summary>
public enum MetricBasis
{
    /// <summary>Clip-level decisions (tags).</summary>
    Tags,

    /// <summary>Clip-level decisions of the network's weak output at threshold 0.5.</summary>
    WeakOutputTags,

    /// <summary>Decisions per segment of 1 s.</summary>
    Segments,

    /// <summary>Detected events.</summary>
    Events,

    /// <summary>Detected events. Requires that all events have labels in the class list.</summary>
    KnownEvents,

    /// <summary>Clip-level scores: the maximum over each clip's frame scores.</summary>
    TagScores,

    /// <summary>Clip-level scores of the network's weak output.</summary>
    WeakOutput,

    /// <summary>Frame-level scores, compared with the reference events at every threshold.</summary>
    FrameScores,
}
