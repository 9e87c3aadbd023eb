using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Tags;

namespace Sed.Core.Scoring;

/// <summary>Metrics of the tags of clips that were decided on: micro averages over all classes.</summary>
public static class TagMetrics
{
    /// <summary>F-score of the tags.</summary>
    public static Metric F { get; } = Tags("weak F", "F-score of the tags, micro average", own => own.F);

    /// <summary>Precision of the tags.</summary>
    public static Metric Precision { get; } =
        Tags("weak P", "precision of the tags, micro average", own => own.Precision);

    /// <summary>Recall of the tags.</summary>
    public static Metric Recall { get; } = Tags("weak R", "recall of the tags, micro average", own => own.Recall);

    /// <summary>F-score of the tags that the weak output alone gives at 0.5, whatever the tags are otherwise taken from.</summary>
    public static Metric WeakOutputF { get; } =
        new TagMetric(
            "weak output F",
            "F-score of the tags that the weak output gives at 0.5, micro average",
            clips => clips.WeakOutputTagging,
            own => own.F
        );

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Metric> All { get; } = [F, Precision, Recall, WeakOutputF];

    private static TagMetric Tags(string name, string summary, Func<FMeasure, Rate> rate) =>
        new(name, summary, clips => clips.Tagging, rate);

    private sealed class TagMetric(
        string name,
        string summary,
        Func<WeightedClips, TaggingCounts> counts,
        Func<FMeasure, Rate> rate
    ) : Metric(name, summary, needsEvents: false)
    {
        private protected override double Value(WeightedClips clips) => rate(counts(clips).Scores().Micro).OrZero();
    }
}
