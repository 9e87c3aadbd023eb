using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Counts;

/// <summary>
/// Counts of all classes together and of each class. Immutable. Two objects are equal when their classes, conditions
/// and counts are equal; evaluated seconds, which are sums of doubles, are not compared.
/// </summary>
/// <typeparam name="TSelf">The derived class.</typeparam>
/// <typeparam name="TConditions">The type of the options or rules of counting.</typeparam>
public abstract class ClassCounts<TSelf, TConditions> : IEquatable<TSelf>
    where TSelf : ClassCounts<TSelf, TConditions>
    where TConditions : notnull
{
    /// <summary>Number of values before the values of the classes.</summary>
    internal const int Header = 5;

    private readonly long[] values;
    private readonly int perClass;

    /// <param name="classes">Classes, in the order of the per-class counts.</param>
    /// <param name="conditions">The options or rules of counting.</param>
    /// <param name="values">
    /// Five numbers over all classes, then TP, FP, FN and, where negatives are defined, TN of each class.
    /// </param>
    /// <param name="perClass">Number of values per class, 3 or 4.</param>
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
    /// <param name="index">Position of the class in <see cref="Classes"/>.</param>
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

    /// <summary>
    /// The classes with at least one positive in the reference, over which <see cref="MacroF"/> is averaged.
    /// </summary>
    public IReadOnlyList<string> ReferenceClasses =>
        [.. Enumerable.Range(0, Classes.Count).Where(k => this[k].Reference > 0).Select(k => Classes[k])];

    /// <summary>
    /// F1, macro average: the mean of F1 = 2 TP / (2 TP + FP + FN) over the classes with at least one positive in the
    /// reference. A class without estimates counts as 0, as in sed_scores_eval. (The class average of sed_eval,
    /// <see cref="DetectionScores.ClassAverage"/>, leaves such a class out.) Undefined if the reference has no
    /// positives.
    /// </summary>
    public Rate MacroF
    {
        get
        {
            var (sum, count) = (0.0, 0);
            foreach (var own in ByClass)
                if (F(own) is { IsDefined: true } f)
                    (sum, count) = (sum + f.Value, count + 1);
            return count > 0 ? sum / count : F(default(BinaryCounts));
        }
    }

    /// <summary>F1 of one class as in <see cref="MacroF"/>; undefined if the reference has no positives.</summary>
    /// <param name="label">Label of one of the <see cref="Classes"/>.</param>
    public Rate FOf(string label) => F(this[Classes.IndexOf(label)]);

    private static Rate F(BinaryCounts own) =>
        own.Reference > 0
            ? 2.0 * own.TruePositives / (own.Reference + own.Estimated)
            : Rate.Undefined("the reference has no positives");

    /// <summary>Returns counts with the same classes and conditions and with the given numbers.</summary>
    /// <param name="values">The numbers, in the order and of the length of <see cref="Values"/>.</param>
    public TSelf With(ReadOnlySpan<long> values) => Of(values.ToArray());

    private protected TConditions Conditions { get; }

    private protected bool HasNegatives => perClass > 3;

    private protected abstract TSelf Of(long[] values);

    /// <summary>The initial values: zeros.</summary>
    internal static long[] Zeros(ClassList classes, int perClass)
    {
        ArgumentNullException.ThrowIfNull(classes);
        return new long[Header + perClass * classes.Count];
    }

    /// <summary>Adds the numbers of both counts element by element.</summary>
    /// <exception cref="ArgumentException">Classes or conditions differ.</exception>
    private protected long[] SumWith(TSelf other) =>
        Classes.Equals(other.Classes) && Conditions.Equals(other.Conditions)
            ? Counting.Sum(values, other.values)
            : throw new ArgumentException(
                $"Counts with different classes or different {typeof(TConditions).Name} cannot be added."
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
