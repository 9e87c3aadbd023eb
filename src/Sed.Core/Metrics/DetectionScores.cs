using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics;

/// <summary>All segment-based or event-based metrics of a system, in the three views that sed_eval reports.</summary>
/// <param name="Classes">The classes, in the order of <paramref name="PerClass"/>.</param>
/// <param name="Overall">Over all decisions (micro average).</param>
/// <param name="ClassAverage">The mean over classes (macro average).</param>
/// <param name="PerClass">Class by class.</param>
/// <param name="Conventions">What was done where the tools differ.</param>
public sealed record DetectionScores(
    ClassList Classes,
    ScoreSheet Overall,
    ScoreSheet ClassAverage,
    ImmutableArray<ScoreSheet> PerClass,
    ScoringConventions Conventions
);
