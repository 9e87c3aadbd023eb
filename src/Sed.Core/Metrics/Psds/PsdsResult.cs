using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Psds;

/// <summary>The polyphonic sound detection score with the curves it is the area of.</summary>
/// <param name="Value">The score, 0 to 1; undefined when the reference has no events.</param>
/// <param name="Roc">Effective true positive rate over effective false positive rate, as steps (the PSD-ROC).</param>
/// <param name="Classes">The classes that count: those with reference events.</param>
/// <param name="ClassRocs">Of each class its curve, only the points at which it rises.</param>
/// <param name="ClassScores">Of each class the area under its curve, 0 to 1.</param>
/// <param name="LeftOut">Classes without reference events; their detections count nowhere, as in both published tools.</param>
/// <param name="Options">What was asked of detections, and which convention averages cross-triggers.</param>
public sealed record PsdsResult(
    Rate Value,
    ImmutableArray<RocPoint> Roc,
    ClassList Classes,
    ImmutableArray<ImmutableArray<RocPoint>> ClassRocs,
    ImmutableArray<double> ClassScores,
    ImmutableArray<string> LeftOut,
    PsdsOptions Options
)
{
    /// <param name="all">All classes.</param>
    /// <param name="counted">The positions of those that count; none when the reference has no events.</param>
    /// <param name="rocs">The curve of each class that counts.</param>
    /// <param name="combined">The curve that they make together.</param>
    /// <param name="options">What was asked of detections.</param>
    internal static PsdsResult Of(
        ClassList all,
        IReadOnlyList<int> counted,
        IReadOnlyList<ImmutableArray<RocPoint>> rocs,
        ImmutableArray<RocPoint> combined,
        PsdsOptions options
    )
    {
        ClassList names = new(counted.Select(k => all[k]));
        var max = options.MaxEffectiveFalsePositiveRate;
        return new PsdsResult(
            counted.Count > 0 ? PsdRoc.Area(combined, max) : Rate.Undefined("the reference has no events"),
            combined,
            names,
            [.. rocs],
            [.. rocs.Select(roc => PsdRoc.Area(roc, max))],
            [.. all.Where(label => names.IndexOf(label) < 0)],
            options
        );
    }

    /// <summary>Every number, one by one: the score and the area of every class.</summary>
    public IReadOnlyList<Measure> All()
    {
        List<Measure> all = [new("psds", Value)];
        for (var k = 0; k < Classes.Count; k++)
            all.Add(new Measure(Measures.Prefix(Classes, k) + "psds", ClassScores[k]));
        return all;
    }
}

/// <summary>A point of a curve of true positives over effective false positives.</summary>
/// <param name="FalsePositiveRate">Effective false positives per unit of time.</param>
/// <param name="TruePositiveRate">The part of the reference events that is found.</param>
/// <param name="Threshold">
/// The score below which the decision threshold must lie; infinite where nothing is detected. NaN on a curve over several
/// classes or decisions, which has no threshold.
/// </param>
public readonly record struct RocPoint(
    double FalsePositiveRate,
    double TruePositiveRate,
    double Threshold = double.NaN
);
