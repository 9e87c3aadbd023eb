using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Events;

/// <summary>Event-based counts; those of the same classes and options add up. Events have no true negatives.</summary>
public sealed class EventCounts : ClassCounts<EventCounts, EventOptions>, ICounts<EventCounts>
{
    internal const int PerClass = 3;

    /// <param name="classes">The classes.</param>
    /// <param name="options">When events agree.</param>
    /// <param name="values">Nref, Nsys, Ntp, substitutions, files; then of each class TP, FP, FN.</param>
    /// <param name="evaluatedSeconds">Summed last offsets of the reference.</param>
    internal EventCounts(ClassList classes, EventOptions options, long[] values, double evaluatedSeconds)
        : base(classes, options, values, PerClass) => EvaluatedSeconds = evaluatedSeconds;

    /// <summary>Counts of nothing, to which others can be added.</summary>
    public static EventCounts None(ClassList classes, EventOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return new EventCounts(classes, options ?? new(), new long[Header + PerClass * classes.Count], 0);
    }

    /// <summary>When events agree.</summary>
    public EventOptions Options => Conditions;

    /// <summary>The last offsets of the reference's files, summed, in seconds.</summary>
    public double EvaluatedSeconds { get; }

    /// <summary>Number of reference events (Nref).</summary>
    public long Reference => Values[0];

    /// <summary>Number of estimated events (Nsys).</summary>
    public long Estimated => Values[1];

    /// <summary>Pairs whose times and label agree (Ntp).</summary>
    public long TruePositives => Values[2];

    /// <summary>
    /// Pairs, among the events left over, whose times agree and whose labels do not (Nsubs). Which events are left over depends
    /// on which of several largest matchings was found.
    /// </summary>
    public long Substitutions => Values[3];

    /// <summary>Reference events in no pair (Nfn).</summary>
    public long Deletions => Reference - TruePositives - Substitutions;

    /// <summary>Estimated events in no pair (Nfp).</summary>
    public long Insertions => Estimated - TruePositives - Substitutions;

    /// <summary>Number of files.</summary>
    public long Files => Values[4];

    /// <inheritdoc />
    public EventCounts With(ReadOnlySpan<long> values) => new(Classes, Options, values.ToArray(), EvaluatedSeconds);

    /// <summary>Both counts together.</summary>
    /// <exception cref="ArgumentException">Classes or options differ.</exception>
    public static EventCounts operator +(EventCounts a, EventCounts b) =>
        new(a.Classes, a.Options, a.SumWith(b), a.EvaluatedSeconds + b.EvaluatedSeconds);

    /// <summary>The metrics of these counts; there are no accuracies.</summary>
    /// <param name="conventions">What to do where tools differ; sed_eval's by default.</param>
    public DetectionScores Scores(ScoringConventions? conventions = null)
    {
        conventions ??= ScoringConventions.SedEval;
        ImmutableArray<ScoreSheet> perClass =
        [
            .. Enumerable
                .Range(0, Classes.Count)
                .Select(k => new ScoreSheet(
                    Rates.FMeasure(this[k], conventions),
                    Rates.ErrorRates(this[k], conventions),
                    null
                )),
        ];
        // Precision and recall count a substitution as an error on both sides.
        BinaryCounts all = new(TruePositives, Estimated - TruePositives, Reference - TruePositives);
        ScoreSheet overall = new(
            Rates.FMeasure(all, conventions),
            Rates.ErrorRates(Reference, Substitutions, Deletions, Insertions, conventions),
            null
        );
        return new DetectionScores(Classes, overall, Rates.Average(perClass, conventions), perClass, conventions);
    }
}
