using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics;

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
);
