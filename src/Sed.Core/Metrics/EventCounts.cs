using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics;

/// <summary>
/// Event-based counts. Immutable; counts of the same classes and options add up. Two counts are equal when all their numbers
/// are (the seconds, a sum of doubles, are not compared).
/// </summary>
public sealed class EventCounts : ICounts<EventCounts>, IEquatable<EventCounts>
{
    internal const int Header = 5;
    internal const int PerClass = 3;

    private readonly long[] values;

    /// <param name="classes">The classes.</param>
    /// <param name="options">When events agree.</param>
    /// <param name="values">Nref, Nsys, Ntp, substitutions, files; then of each class TP, FP, FN.</param>
    /// <param name="evaluatedSeconds">Summed last offsets of the reference.</param>
    internal EventCounts(ClassList classes, EventOptions options, long[] values, double evaluatedSeconds)
    {
        Classes = classes;
        Options = options;
        EvaluatedSeconds = evaluatedSeconds;
        this.values = values;
    }

    /// <summary>Counts of nothing, to which others can be added.</summary>
    public static EventCounts None(ClassList classes, EventOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return new EventCounts(classes, options ?? new(), new long[Header + PerClass * classes.Count], 0);
    }

    /// <summary>The classes, in the order of the per-class counts.</summary>
    public ClassList Classes { get; }

    /// <summary>When events agree.</summary>
    public EventOptions Options { get; }

    /// <summary>The last offsets of the reference's files, summed, in seconds.</summary>
    public double EvaluatedSeconds { get; }

    /// <inheritdoc />
    public ReadOnlySpan<long> Values => values;

    /// <summary>Number of reference events (Nref).</summary>
    public long Reference => values[0];

    /// <summary>Number of estimated events (Nsys).</summary>
    public long Estimated => values[1];

    /// <summary>Pairs whose times and label agree (Ntp).</summary>
    public long TruePositives => values[2];

    /// <summary>
    /// Pairs, among the events left over, whose times agree and whose labels do not (Nsubs). Which events are left over depends
    /// on which of several largest matchings was found.
    /// </summary>
    public long Substitutions => values[3];

    /// <summary>Reference events in no pair (Nfn).</summary>
    public long Deletions => Reference - TruePositives - Substitutions;

    /// <summary>Estimated events in no pair (Nfp).</summary>
    public long Insertions => Estimated - TruePositives - Substitutions;

    /// <summary>Number of files.</summary>
    public long Files => values[4];

    /// <summary>The counts of the class at this position; events have no true negatives.</summary>
    public BinaryCounts this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Classes.Count);
            var own = values.AsSpan(Header + PerClass * index, PerClass);
            return new BinaryCounts(own[0], own[1], own[2]);
        }
    }

    /// <inheritdoc />
    public EventCounts With(ReadOnlySpan<long> values) => new(Classes, Options, values.ToArray(), EvaluatedSeconds);

    /// <summary>Both counts together.</summary>
    /// <exception cref="ArgumentException">Classes or options differ.</exception>
    public static EventCounts operator +(EventCounts a, EventCounts b)
    {
        if (!a.Classes.Equals(b.Classes) || a.Options != b.Options)
            throw new ArgumentException("Counts of different classes or with different collars do not add up.");
        var sum = Counting.Sum(a.values, b.values);
        return new EventCounts(a.Classes, a.Options, sum, a.EvaluatedSeconds + b.EvaluatedSeconds);
    }

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

    /// <inheritdoc />
    public bool Equals(EventCounts? other) =>
        other is not null
        && Classes.Equals(other.Classes)
        && Options == other.Options
        && Values.SequenceEqual(other.Values);

    /// <inheritdoc />
    public override bool Equals(object? other) => Equals(other as EventCounts);

    /// <inheritdoc />
    public override int GetHashCode() => values.Aggregate(values.Length, HashCode.Combine);
}
