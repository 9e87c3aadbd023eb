using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics;

/// <summary>
/// Segment-based counts. Immutable; counts of the same classes and segments add up. Two counts are equal when all their
/// numbers are (the seconds, a sum of doubles, are not compared).
/// </summary>
public sealed class SegmentCounts : ICounts<SegmentCounts>, IEquatable<SegmentCounts>
{
    internal const int Header = 5;
    internal const int PerClass = 4;

    private readonly long[] values;

    /// <param name="classes">The classes.</param>
    /// <param name="options">How time was cut.</param>
    /// <param name="values">Substitutions, deletions, insertions, segments, files; then of each class TP, FP, FN, TN.</param>
    /// <param name="evaluatedSeconds">Summed length of the files.</param>
    internal SegmentCounts(ClassList classes, SegmentOptions options, long[] values, double evaluatedSeconds)
    {
        Classes = classes;
        Options = options;
        EvaluatedSeconds = evaluatedSeconds;
        this.values = values;
    }

    /// <summary>Counts of nothing, to which others can be added.</summary>
    public static SegmentCounts None(ClassList classes, SegmentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return new SegmentCounts(classes, options ?? new(), new long[Header + PerClass * classes.Count], 0);
    }

    /// <summary>The classes, in the order of the per-class counts.</summary>
    public ClassList Classes { get; }

    /// <summary>How time was cut into segments.</summary>
    public SegmentOptions Options { get; }

    /// <summary>Summed length of the scored files, in seconds.</summary>
    public double EvaluatedSeconds { get; }

    /// <inheritdoc />
    public ReadOnlySpan<long> Values => values;

    /// <summary>Wrong labels in place of right ones, segment by segment (S).</summary>
    public long Substitutions => values[0];

    /// <summary>Missed labels without a wrong one in the segment to pair them with (D).</summary>
    public long Deletions => values[1];

    /// <summary>Wrong labels without a missed one in the segment to pair them with (I).</summary>
    public long Insertions => values[2];

    /// <summary>Number of segments.</summary>
    public long Segments => values[3];

    /// <summary>Number of files.</summary>
    public long Files => values[4];

    /// <summary>The counts of all classes together.</summary>
    public BinaryCounts Overall
    {
        get
        {
            BinaryCounts sum = default;
            for (var k = 0; k < Classes.Count; k++)
                sum += this[k];
            return sum;
        }
    }

    /// <summary>The counts of the class at this position.</summary>
    public BinaryCounts this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Classes.Count);
            var own = values.AsSpan(Header + PerClass * index, PerClass);
            return new BinaryCounts(own[0], own[1], own[2], own[3]);
        }
    }

    /// <summary>The counts of every class.</summary>
    public ImmutableArray<BinaryCounts> ByClass => [.. Enumerable.Range(0, Classes.Count).Select(k => this[k])];

    /// <inheritdoc />
    public SegmentCounts With(ReadOnlySpan<long> values) => new(Classes, Options, values.ToArray(), EvaluatedSeconds);

    /// <summary>Both counts together.</summary>
    /// <exception cref="ArgumentException">Classes or segments differ.</exception>
    public static SegmentCounts operator +(SegmentCounts a, SegmentCounts b)
    {
        if (!a.Classes.Equals(b.Classes) || a.Options != b.Options)
            throw new ArgumentException("Counts of different classes or segments do not add up.");

        var sum = Counting.Sum(a.values, b.values);
        return new SegmentCounts(a.Classes, a.Options, sum, a.EvaluatedSeconds + b.EvaluatedSeconds);
    }

    /// <summary>The metrics of these counts.</summary>
    /// <param name="conventions">What to do where tools differ; sed_eval's by default.</param>
    public DetectionScores Scores(ScoringConventions? conventions = null)
    {
        conventions ??= ScoringConventions.SedEval;
        var overall = Overall;
        var perClass = ImmutableArray.CreateBuilder<ScoreSheet>(Classes.Count);
        for (var k = 0; k < Classes.Count; k++)
            perClass.Add(
                new ScoreSheet(
                    Rates.FMeasure(this[k], conventions),
                    Rates.ErrorRates(this[k], conventions),
                    Rates.Accuracies(this[k])
                )
            );
        var total = new ScoreSheet(
            Rates.FMeasure(overall, conventions),
            Rates.ErrorRates(overall.Reference, Substitutions, Deletions, Insertions, conventions),
            Rates.Accuracies(overall)
        );
        return new DetectionScores(
            Classes,
            total,
            Rates.Average(perClass, conventions),
            perClass.MoveToImmutable(),
            conventions
        );
    }

    /// <inheritdoc />
    public bool Equals(SegmentCounts? other) =>
        other is not null
        && Classes.Equals(other.Classes)
        && Options == other.Options
        && Values.SequenceEqual(other.Values);

    /// <inheritdoc />
    public override bool Equals(object? other) => Equals(other as SegmentCounts);

    /// <inheritdoc />
    public override int GetHashCode() => values.Aggregate(values.Length, HashCode.Combine);
}
