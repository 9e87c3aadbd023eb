using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Segments;

/// <summary>Segment-based counts; those of the same classes and segments add up.</summary>
public sealed class SegmentCounts : ClassCounts<SegmentCounts, SegmentOptions>, ICounts<SegmentCounts>
{
    internal const int PerClass = 4;

    /// <param name="classes">The classes.</param>
    /// <param name="options">How time was cut.</param>
    /// <param name="values">Substitutions, deletions, insertions, segments, files; then of each class TP, FP, FN, TN.</param>
    /// <param name="evaluatedSeconds">Summed length of the files.</param>
    internal SegmentCounts(ClassList classes, SegmentOptions options, long[] values, double evaluatedSeconds)
        : base(classes, options, values, PerClass) => EvaluatedSeconds = evaluatedSeconds;

    /// <summary>Counts of nothing, to which others can be added.</summary>
    public static SegmentCounts None(ClassList classes, SegmentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return new SegmentCounts(classes, options ?? new(), new long[Header + PerClass * classes.Count], 0);
    }

    /// <summary>How time was cut into segments.</summary>
    public SegmentOptions Options => Conditions;

    /// <summary>Summed length of the scored files, in seconds.</summary>
    public double EvaluatedSeconds { get; }

    /// <summary>Wrong labels in place of right ones, segment by segment (S).</summary>
    public long Substitutions => Values[0];

    /// <summary>Missed labels without a wrong one in the segment to pair them with (D).</summary>
    public long Deletions => Values[1];

    /// <summary>Wrong labels without a missed one in the segment to pair them with (I).</summary>
    public long Insertions => Values[2];

    /// <summary>Number of segments.</summary>
    public long Segments => Values[3];

    /// <summary>Number of files.</summary>
    public long Files => Values[4];

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

    /// <summary>The counts of every class.</summary>
    public ImmutableArray<BinaryCounts> ByClass => [.. Enumerable.Range(0, Classes.Count).Select(k => this[k])];

    /// <inheritdoc />
    public SegmentCounts With(ReadOnlySpan<long> values) => new(Classes, Options, values.ToArray(), EvaluatedSeconds);

    /// <summary>Both counts together.</summary>
    /// <exception cref="ArgumentException">Classes or segments differ.</exception>
    public static SegmentCounts operator +(SegmentCounts a, SegmentCounts b) =>
        new(a.Classes, a.Options, a.SumWith(b), a.EvaluatedSeconds + b.EvaluatedSeconds);

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
}
