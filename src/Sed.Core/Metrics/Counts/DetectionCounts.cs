using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Counts;

/// <summary>What segment-based and event-based counts have in common; those of the same classes and options add up.</summary>
/// <typeparam name="TSelf">The kind of counts.</typeparam>
/// <typeparam name="TOptions">What decides how it is counted.</typeparam>
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

    /// <summary>How it was counted.</summary>
    public TOptions Options => Conditions;

    /// <summary>Summed length of what was scored, in seconds; of events, the last offsets of the reference's files.</summary>
    public double EvaluatedSeconds { get; }

    /// <summary>All classes together; a wrong label is an error on both sides.</summary>
    public abstract BinaryCounts Overall { get; }

    /// <summary>Wrong labels in place of right ones.</summary>
    public abstract long Substitutions { get; }

    /// <summary>What was missed, without a wrong label to pair it with.</summary>
    public abstract long Deletions { get; }

    /// <summary>What was estimated where nothing was, without a missed label to pair it with.</summary>
    public abstract long Insertions { get; }

    /// <summary>The metrics of these counts; accuracies only where there are true negatives.</summary>
    /// <param name="conventions">What to do where tools differ; sed_eval's by default.</param>
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

    /// <summary>Both counts together.</summary>
    private protected TSelf Plus(TSelf other) => Of(SumWith(other), EvaluatedSeconds + other.EvaluatedSeconds);
}
