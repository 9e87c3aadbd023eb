using Sed.Core.Annotations;

namespace Sed.Core.Metrics;

/// <summary>
/// Counts of tagging decisions, clip by clip and class by class. Immutable; counts of the same classes and rules add up.
/// </summary>
public sealed class TaggingCounts : ICounts<TaggingCounts>, IEquatable<TaggingCounts>
{
    internal const int Header = 5;
    internal const int PerClass = 4;

    private readonly long[] values;

    /// <param name="classes">The classes.</param>
    /// <param name="rules">What was counted.</param>
    /// <param name="values">
    /// Overall TP, FP, FN, TN, files; then of each class TP, FP, FN, TN. By the plain rules the overall counts are the sums of
    /// the classes; where the official scorer meets repeated rows they are not.
    /// </param>
    internal TaggingCounts(ClassList classes, TaggingRules rules, long[] values)
    {
        Classes = classes;
        Rules = rules;
        this.values = values;
    }

    /// <summary>Counts of nothing, to which others can be added.</summary>
    public static TaggingCounts None(ClassList classes, TaggingRules rules = TaggingRules.Plain)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return new TaggingCounts(classes, rules, new long[Header + PerClass * classes.Count]);
    }

    /// <summary>The classes, in the order of the per-class counts.</summary>
    public ClassList Classes { get; }

    /// <summary>What was counted.</summary>
    public TaggingRules Rules { get; }

    /// <inheritdoc />
    public ReadOnlySpan<long> Values => values;

    /// <summary>All decisions together.</summary>
    public BinaryCounts Overall => new(values[0], values[1], values[2], values[3]);

    /// <summary>Number of files, as the rules count them.</summary>
    public long Files => values[4];

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

    /// <inheritdoc />
    public TaggingCounts With(ReadOnlySpan<long> values) => new(Classes, Rules, values.ToArray());

    /// <summary>Both counts together.</summary>
    /// <exception cref="ArgumentException">Classes or rules differ.</exception>
    public static TaggingCounts operator +(TaggingCounts a, TaggingCounts b)
    {
        if (!a.Classes.Equals(b.Classes) || a.Rules != b.Rules)
            throw new ArgumentException("Counts of different classes or by different rules do not add up.");
        return new TaggingCounts(a.Classes, a.Rules, Counting.Sum(a.values, b.values));
    }

    /// <summary>The metrics of these counts.</summary>
    /// <param name="conventions">What to do where tools differ, under the plain rules; the official ones are fixed.</param>
    public TaggingScores Scores(ScoringConventions? conventions = null) =>
        Rules == TaggingRules.Plain
            ? TaggingScores.Plain(this, conventions ?? ScoringConventions.SedEval)
            : TaggingScores.Official(this);

    /// <inheritdoc />
    public bool Equals(TaggingCounts? other) =>
        other is not null
        && Classes.Equals(other.Classes)
        && Rules == other.Rules
        && Values.SequenceEqual(other.Values);

    /// <inheritdoc />
    public override bool Equals(object? other) => Equals(other as TaggingCounts);

    /// <inheritdoc />
    public override int GetHashCode() => values.Aggregate(values.Length, HashCode.Combine);
}
