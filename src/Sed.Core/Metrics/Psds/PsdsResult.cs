using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Psds;

/// <summary>The polyphonic sound detection score (PSDS; Bilen et al. 2020) with its ROC curves.</summary>
/// <param name="Value">The score, 0 to 1; undefined when the reference has no events.</param>
/// <param name="Roc">
/// The PSD-ROC: the effective true positive rate as a function of the effective false positive rate (a step function).
/// </param>
/// <param name="Classes">The scored classes: the classes with reference events.</param>
/// <param name="ClassRocs">The ROC curve of each class, as the points at which it rises.</param>
/// <param name="ClassScores">The area under the curve of each class, 0 to 1.</param>
/// <param name="LeftOut">
/// Classes without reference events; their detections are ignored, as in psds_eval and sed_scores_eval.
/// </param>
/// <param name="Options">Parameters of PSDS.</param>
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
    /// <param name="counted">Positions of the scored classes; empty if the reference has no events.</param>
    /// <param name="rocs">The curve of each scored class.</param>
    /// <param name="combined">The curve of all classes together.</param>
    /// <param name="options">Parameters of PSDS.</param>
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

    /// <summary>The area under the curve of a class; undefined if the reference has no events of the class.</summary>
    public Rate Of(string label) =>
        Classes.IndexOf(label) is var k and >= 0
            ? ClassScores[k]
            : Rate.Undefined("the reference has no events of the class");

    /// <summary>All metrics with their names: PSDS and the area of each class.</summary>
    public IReadOnlyList<Measure> All()
    {
        List<Measure> all = [new("psds", Value)];
        for (var k = 0; k < Classes.Count; k++)
            all.Add(new Measure(Measures.Prefix(Classes, k) + "psds", ClassScores[k]));
        return all;
    }
}

/// <summary>A point of a ROC curve.</summary>
/// <param name="FalsePositiveRate">Effective false positives per unit of time.</param>
/// <param name="TruePositiveRate">
/// The fraction of reference events that are detected; for several classes, the mean over the classes minus the weighted
/// standard deviation.
/// </param>
/// <param name="Threshold">
/// The point is reached with thresholds just below this score; infinity if nothing is detected. NaN if the curve combines
/// several classes or was computed from decisions instead of scores.
/// </param>
public readonly record struct RocPoint(
    double FalsePositiveRate,
    double TruePositiveRate,
    double Threshold = double.NaN
);
