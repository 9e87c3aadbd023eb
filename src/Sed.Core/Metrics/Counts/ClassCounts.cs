using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Counts;

/// <summary>
/// What counts of every kind are: numbers about everything, then for each class how often it was there and was said to be.
/// Immutable. Two counts are equal when classes, conditions and all numbers are (seconds, sums of doubles, are not compared).
/// </summary>
/// <typeparam name="TSelf">The kind of counts.</typeparam>
/// <typeparam name="TConditions">What decides how it is counted.</typeparam>
public abstract class ClassCounts<TSelf, TConditions> : IEquatable<TSelf>
    where TSelf : ClassCounts<TSelf, TConditions>
    where TConditions : notnull
{
    internal const int Header = 5; // numbers before those of the classes

    private readonly long[] values;
    private readonly int perClass;

    /// <param name="classes">The classes.</param>
    /// <param name="conditions">How it was counted.</param>
    /// <param name="values">Five numbers about everything; then of each class TP, FP, FN and, where there are such, TN.</param>
    /// <param name="perClass">Numbers of a class.</param>
    private protected ClassCounts(ClassList classes, TConditions conditions, long[] values, int perClass)
    {
        Classes = classes;
        Conditions = conditions;
        this.values = values;
        this.perClass = perClass;
    }

    /// <summary>The classes, in the order of the per-class counts.</summary>
    public ClassList Classes { get; }

    /// <summary>Every number that adds up, in an order that depends only on what was counted (classes and options).</summary>
    public ReadOnlySpan<long> Values => values;

    /// <summary>Number of files.</summary>
    public long Files => values[4];

    /// <summary>The counts of the class at this position.</summary>
    public BinaryCounts this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Classes.Count);
            var own = values.AsSpan(Header + perClass * index, perClass);
            return new BinaryCounts(own[0], own[1], own[2], HasNegatives ? own[3] : 0);
        }
    }

    /// <summary>The counts of every class.</summary>
    public ImmutableArray<BinaryCounts> ByClass => [.. Enumerable.Range(0, Classes.Count).Select(k => this[k])];

    /// <summary>The same kind of counts with other numbers.</summary>
    /// <param name="values">As many numbers as <see cref="Values"/> has.</param>
    public TSelf With(ReadOnlySpan<long> values) => Of(values.ToArray());

    private protected TConditions Conditions { get; }

    private protected bool HasNegatives => perClass > 3;

    private protected abstract TSelf Of(long[] values);

    /// <summary>The numbers of nothing counted.</summary>
    internal static long[] Zeros(ClassList classes, int perClass)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return new long[Header + perClass * classes.Count];
    }

    /// <summary>The numbers of both.</summary>
    /// <exception cref="ArgumentException">They count different things.</exception>
    private protected long[] SumWith(TSelf other) =>
        Classes.Equals(other.Classes) && Conditions.Equals(other.Conditions)
            ? Counting.Sum(values, other.values)
            : throw new ArgumentException(
                $"Counts of different classes or by different {typeof(TConditions).Name} do not add up."
            );

    /// <inheritdoc />
    public bool Equals(TSelf? other) =>
        other is not null
        && Classes.Equals(other.Classes)
        && Conditions.Equals(other.Conditions)
        && Values.SequenceEqual(other.Values);

    /// <inheritdoc />
    public override bool Equals(object? other) => Equals(other as TSelf);

    /// <inheritdoc />
    public override int GetHashCode() => values.Aggregate(values.Length, HashCode.Combine);
}
