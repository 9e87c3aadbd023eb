using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Counts;

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
)
{
    /// <summary>Every number, one by one: overall, averaged over classes, and class by class.</summary>
    public IReadOnlyList<Measure> All()
    {
        List<Measure> all = new(12 * (Classes.Count + 2));
        all.Add("overall.", Overall, substitutions: true);
        all.Add("class_average.", ClassAverage, substitutions: false);
        for (var k = 0; k < Classes.Count; k++)
            all.Add(Measures.Prefix(Classes, k), PerClass[k], substitutions: false);
        return all;
    }
}
