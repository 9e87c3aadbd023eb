using System.Collections.Immutable;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Psds;

/// <summary>Intersection-based counts and rates of one set of decisions (Bilen et al. 2020).</summary>
/// <param name="ReferenceEvents">Number of reference events of each class.</param>
/// <param name="TruePositives">Number of detected reference events of each class.</param>
/// <param name="FalsePositives">Number of detections of each class that fail the detection tolerance criterion.</param>
/// <param name="CrossTriggers">
/// Number of false positives of each class (row) that lie on events of each other class (column).
/// </param>
/// <param name="TruePositiveRates">True positives over reference events, for each class.</param>
/// <param name="FalsePositiveRates">False positives per unit of time, for each class.</param>
/// <param name="CrossTriggerRates">
/// Cross-triggers of each class (row) per unit of time that the events of each other class (column) cover. If the
/// events of the other class have a total length of 0, the rate is infinite with cross-triggers and undefined without
/// cross-triggers.
/// </param>
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
    /// <summary>
    /// The effective false positive rate of a class: its false positive rate plus the weighted mean of its
    /// cross-trigger rates.
    /// </summary>
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
    /// F1 of a class; a cross-trigger is a false positive. Undefined for a class without true positives, as in
    /// psds_eval, which derives the number of misses from the true positive rate.
    /// </summary>
    public Rate F(int index) =>
        TruePositives[index] == 0
            ? Rate.Undefined("no reference event is detected, so psds_eval cannot count misses")
            : 2.0 * TruePositives[index] / (TruePositives[index] + FalsePositives[index] + ReferenceEvents[index]);
}
