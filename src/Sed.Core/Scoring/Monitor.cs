using System.Globalization;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Scoring;

/// <summary>The objective of early stopping: a linear combination of metrics. Higher is better.</summary>
public abstract record Monitor
{
    private Monitor() { }

    /// <summary>One metric.</summary>
    [Key("metric")]
    public sealed record Score([property: Key("metric")] Metric Metric) : Monitor;

    /// <summary>The sum of two monitors.</summary>
    [Key("plus")]
    public sealed record Plus([property: Key("left")] Monitor Left, [property: Key("right")] Monitor Right) : Monitor;

    /// <summary>The difference of two monitors.</summary>
    [Key("minus")]
    public sealed record Minus([property: Key("left")] Monitor Left, [property: Key("right")] Monitor Right) : Monitor;

    /// <summary>A monitor multiplied by a factor.</summary>
    [Key("times")]
    public sealed record Times([property: Key("factor")] double Factor, [property: Key("inner")] Monitor Inner)
        : Monitor;

    /// <summary>Computes the value of the monitor from the values of its metrics.</summary>
    public double Of(Func<Metric, double> metric) =>
        this switch
        {
            Score score => metric(score.Metric),
            Plus sum => sum.Left.Of(metric) + sum.Right.Of(metric),
            Minus difference => difference.Left.Of(metric) - difference.Right.Of(metric),
            Times times => times.Factor * times.Inner.Of(metric),
            _ => throw new InvalidOperationException($"Unknown monitor: {GetType().Name}."),
        };

    /// <summary>The metrics of the expression, from left to right.</summary>
    public IReadOnlyList<Metric> Metrics =>
        this switch
        {
            Score score => [score.Metric],
            Plus sum => [.. sum.Left.Metrics, .. sum.Right.Metrics],
            Minus difference => [.. difference.Left.Metrics, .. difference.Right.Metrics],
            Times times => times.Inner.Metrics,
            _ => [],
        };

    /// <summary>
    /// Returns all problems of the monitor. Early stopping requires a monitor that rises when the network improves; the
    /// result is empty for such a monitor.
    /// </summary>
    public IEnumerable<Problem> Problems()
    {
        const string remedy = "for example `monitor (WeakF - StrongER)`";
        (Metric Metric, double Share)[] shares =
        [
            .. Metrics.Distinct().Select(metric => (metric, Of(other => other == metric ? 1 : 0))),
        ];
        if (shares.Any(share => !double.IsFinite(share.Share)))
            yield return Problem.Of(
                $"the monitor {Summary} has a factor that is not a finite number",
                "give a finite one"
            );
        if (Array.TrueForAll(shares, share => share.Share == 0))
            yield return Problem.Of(
                $"the monitor {Summary} never changes",
                "monitor a metric, for example `monitor WeakF`"
            );
        foreach (var (metric, share) in shares)
            if (metric.LowerIsBetter && share > 0)
                yield return Problem.Of(
                    $"the monitor {Summary} rises as {metric.Name} gets worse",
                    $"a metric for which lower is better must be subtracted, not added, {remedy}"
                );
            else if (!metric.LowerIsBetter && share < 0)
                yield return Problem.Of(
                    $"the monitor {Summary} falls as {metric.Name} gets better",
                    $"a metric for which higher is better must be added, not subtracted, {remedy}"
                );
    }

    /// <summary>The expression, for example "weak F - strong ER".</summary>
    public string Summary =>
        this switch
        {
            Score score => score.Metric.Name,
            Plus sum => $"{sum.Left.Summary} + {sum.Right.Summary}",
            Minus { Right: Plus or Minus } difference => $"{difference.Left.Summary} - ({difference.Right.Summary})",
            Minus difference => $"{difference.Left.Summary} - {difference.Right.Summary}",
            Times { Inner: Score } times => $"{Number(times.Factor)} {times.Inner.Summary}",
            Times times => $"{Number(times.Factor)} ({times.Inner.Summary})",
            _ => "",
        };

    /// <summary>Returns <see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    /// <summary>The sum of two monitors.</summary>
    public static Monitor operator +(Monitor left, Monitor right) => new Plus(left, right);

    /// <summary>The difference of two monitors.</summary>
    public static Monitor operator -(Monitor left, Monitor right) => new Minus(left, right);

    /// <summary>The sum of a monitor and a metric.</summary>
    public static Monitor operator +(Monitor left, Metric right) => left + new Score(right);

    /// <summary>The difference of a monitor and a metric.</summary>
    public static Monitor operator -(Monitor left, Metric right) => left - new Score(right);

    /// <summary>The product of a factor and a monitor.</summary>
    public static Monitor operator *(double factor, Monitor monitor) => new Times(factor, monitor);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
