using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Counts;

/// <summary>
/// Counts of all classes together and of each class. Immutable. Two counts are equal when their classes, conditions and
/// numbers are; evaluated seconds, which are sums of doubles, are not compared.
/// </summary>
/// <typeparam name="TSelf">The type of the counts.</typeparam>
/// <typeparam name="TConditions">The type of the options or rules of counting.</typeparam>
public abstract class ClassCounts<TSelf, TConditions> : IEquatable<TSelf>
    where TSelf : ClassCounts<TSelf, TConditions>
    where TConditions : notnull
{
    /// <summary>Number of values before those of the classes.</summary>
    internal const int Header = 5;

    private readonly long[] values;
    private readonly int perClass;

    /// <param name="classes">The classes.</param>
    /// <param name="conditions">The options or rules of counting.</param>
    /// <param name="values">Five numbers of all classes, then TP, FP, FN and, where negatives are defined, TN of each class.</param>
    /// <param name="perClass">Number of values of each class, 3 or 4.</param>
    private protected ClassCounts(ClassList classes, TConditions conditions, long[] values, int perClass)
    {
        Classes = classes;
        Conditions = conditions;
        this.values = values;
        this.perClass = perClass;
    }

    /// <summary>The classes, in the order of the per-class counts.</summary>
    public ClassList Classes { get; }

    /// <summary>All numbers, in an order that depends only on the classes and options.</summary>
    public ReadOnlySpan<long> Values => values;

    /// <summary>Number of files.</summary>
    public long Files => values[4];

    /// <summary>The counts of one class.</summary>
    /// <param name="index">Its position in <see cref="Classes"/>.</param>
    public BinaryCounts this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Classes.Count);
            var own = values.AsSpan(Header + perClass * index, perClass);
            return new BinaryCounts(own[0], own[1], own[2], HasNegatives ? own[3] : 0);
        }
    }

    /// <summary>The counts of every class, in the order of <see cref="Classes"/>.</summary>
    public ImmutableArray<BinaryCounts> ByClass => [.. Enumerable.Range(0, Classes.Count).Select(k => this[k])];

    /// <summary>Counts of the same kind with other numbers.</summary>
    /// <param name="values">As many numbers as <see cref="Values"/> has.</param>
    public TSelf With(ReadOnlySpan<long> values) => Of(values.ToArray());

    private protected TConditions Conditions { get; }

    private protected bool HasNegatives => perClass > 3;

    private protected abstract TSelf Of(long[] values);

    /// <summary>Zeros for every number.</summary>
    internal static long[] Zeros(ClassList classes, int perClass)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return new long[Header + perClass * classes.Count];
    }

    /// <summary>The sums of the numbers of both counts.</summary>
    /// <exception cref="ArgumentException">Classes or conditions differ.</exception>
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
