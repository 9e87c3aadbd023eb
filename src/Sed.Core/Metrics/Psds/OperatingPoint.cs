using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Psds;

/// <summary>
/// What one set of decisions achieves by intersection with the reference (Bilen et al. 2020): per class, and between classes.
/// </summary>
/// <param name="ReferenceEvents">Of each class the number of reference events.</param>
/// <param name="TruePositives">Of each class the reference events that are found.</param>
/// <param name="FalsePositives">Of each class the detections that fail the detection tolerance.</param>
/// <param name="CrossTriggers">Of each class (row) the failed detections that lie on each other class (column).</param>
/// <param name="TruePositiveRates">Of each class the part of its reference events that is found.</param>
/// <param name="FalsePositiveRates">Of each class its false positives per unit of time.</param>
/// <param name="CrossTriggerRates">Cross-triggers per unit of time of the other class; undefined where that has no length.</param>
public sealed record OperatingPoint(
    ImmutableArray<long> ReferenceEvents,
    ImmutableArray<long> TruePositives,
    ImmutableArray<long> FalsePositives,
    ImmutableArray<ImmutableArray<long>> CrossTriggers,
    ImmutableArray<double> TruePositiveRates,
    ImmutableArray<double> FalsePositiveRates,
    ImmutableArray<ImmutableArray<Rate>> CrossTriggerRates
)
{
    /// <summary>The effective false positive rate of a class: its false positives and its weighted mean cross-triggers.</summary>
    public double EffectiveFalsePositiveRate(int index, PsdsOptions options)
    {
        var rates = CrossTriggerRates[index];
        var (sum, count) = (0.0, 0);
        for (var other = 0; other < rates.Length; other++)
            if (
                (other != index || options.CrossTriggers == CrossTriggerAverage.OverAllClasses)
                && rates[other].IsDefined
            )
                (sum, count) = (sum + rates[other].Value, count + 1);
        return FalsePositiveRates[index] + (count > 0 ? options.CrossTriggerWeight * (sum / count) : 0);
    }

    /// <summary>
    /// The F-measure of a class, in which a cross-trigger is a false positive. psds_eval derives the number of missed events
    /// from the rate of found ones, so that a class without a hit has none; by that convention it is undefined here too.
    /// </summary>
    public Rate F(int index) =>
        TruePositives[index] == 0
            ? Rate.Undefined("no reference event is found, and psds_eval then knows no number of missed ones")
            : 2.0 * TruePositives[index] / (TruePositives[index] + FalsePositives[index] + ReferenceEvents[index]);
}
