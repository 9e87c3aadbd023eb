using Sed.Core.Metrics.Counts;

namespace Sed.Core.Scoring;

/// <summary>
/// Metrics of whole events, as sed_eval has them: an event is found where its onset is met within 0.2 s and its offset within
/// 0.2 s or half of its length; micro averages over all classes.
/// </summary>
public static class EventMetrics
{
    /// <summary>Event-based F-score.</summary>
    public static Metric F { get; } =
        new EventMetric("event F", "event-based F-score, collar 0.2 s, micro average", own => own.FMeasure.F);

    /// <summary>Event-based error rate.</summary>
    public static Metric ErrorRate { get; } =
        new EventMetric("event ER", "event-based error rate, collar 0.2 s", own => own.ErrorRates.ErrorRate)
        {
            LowerIsBetter = true,
            IsFraction = false,
        };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Metric> All { get; } = [F, ErrorRate];

    private sealed class EventMetric(string name, string summary, Func<ScoreSheet, Rate> rate)
        : Metric(name, summary, needsEvents: true)
    {
        private protected override double Value(WeightedClips clips) => rate(clips.Events.Scores().Overall).OrZero();
    }
}
