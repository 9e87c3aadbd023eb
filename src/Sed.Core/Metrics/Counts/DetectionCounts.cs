using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Counts;

/// <summary>Segment-based or event-based counts. Counts with the same classes and options can be added.</summary>
/// <typeparam name="TSelf">The derived class.</typeparam>
/// <typeparam name="TOptions">The type of the options.</typeparam>
public abstract class DetectionCounts<TSelf, TOptions> : ClassCounts<TSelf, TOptions>
    where TSelf : DetectionCounts<TSelf, TOptions>
    where TOptions : notnull
{
    private protected DetectionCounts(
        ClassList classes,
        TOptions options,
        long[] values,
        int perClass,
        double evaluatedSeconds
    )
        : base(classes, options, values, perClass) => EvaluatedSeconds = evaluatedSeconds;

    /// <summary>The options of counting.</summary>
    public TOptions Options => Conditions;

    /// <summary>
    /// Evaluated length in seconds, summed over files. In event-based evaluation, the length of a file is the last
    /// offset in its reference.
    /// </summary>
    public double EvaluatedSeconds { get; }

    /// <summary>
    /// Counts of all classes together; a substitution counts as one false positive and one false negative.
    /// </summary>
    public abstract BinaryCounts Overall { get; }

    /// <summary>Number of units (segments or events) with a wrong label (S).</summary>
    public abstract long Substitutions { get; }

    /// <summary>Number of missed units (segments or events) that are not substitutions (D).</summary>
    public abstract long Deletions { get; }

    /// <summary>Number of falsely detected units (segments or events) that are not substitutions (I).</summary>
    public abstract long Insertions { get; }

    /// <summary>Computes the metrics. Accuracies are null if true negatives are not defined, as for events.</summary>
    /// <param name="conventions">
    /// Values that are used for metrics with a denominator of 0. Default: the values of sed_eval.
    /// </param>
    public DetectionScores Scores(ScoringConventions? conventions = null)
    {
        conventions ??= ScoringConventions.SedEval;
        ImmutableArray<ScoreSheet> perClass =
        [
            .. ByClass.Select(own => Sheet(own, Rates.ErrorRates(own, conventions), conventions)),
        ];
        var all = Overall;
        var errors = Rates.ErrorRates(all.Reference, Substitutions, Deletions, Insertions, conventions);
        return new DetectionScores(
            Classes,
            Sheet(all, errors, conventions),
            Rates.Average(perClass, conventions),
            perClass,
            conventions
        );
    }

    private ScoreSheet Sheet(BinaryCounts counts, ErrorRates errors, ScoringConventions conventions) =>
        new(Rates.FMeasure(counts, conventions), errors, HasNegatives ? Rates.Accuracies(counts) : null);

    private protected abstract TSelf Of(long[] values, double evaluatedSeconds);

    private protected sealed override TSelf Of(long[] values) => Of(values, EvaluatedSeconds);

    /// <summary>The sum of both counts.</summary>
    private protected TSelf Plus(TSelf other) => Of(SumWith(other), EvaluatedSeconds + other.EvaluatedSeconds);
}

/// <summary>
/// Segment-based or event-based metrics of a system, with the three kinds of averaging of sed_eval (Mesaros et al.
/// 2016): overall, class-wise average and per class.
/// </summary>
/// <param name="Classes">The classes, in the order of <paramref name="PerClass"/>.</param>
/// <param name="Overall">Metrics of all decisions (micro average).</param>
/// <param name="ClassAverage">Means over classes (macro average).</param>
/// <param name="PerClass">Metrics of each class.</param>
/// <param name="Conventions">Values that are used for metrics with a denominator of 0.</param>
public sealed record DetectionScores(
    ClassList Classes,
    ScoreSheet Overall,
    ScoreSheet ClassAverage,
    ImmutableArray<ScoreSheet> PerClass,
    ScoringConventions Conventions
)
{
    /// <summary>All metrics with their names: overall, class average, and per class.</summary>
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
