using System.Collections;
using System.Collections.Frozen;

namespace Sed.Core.Annotations;

/// <summary>The sound classes of a task: distinct labels in a fixed order, which is the order of every per-class result.</summary>
public sealed class ClassList : IReadOnlyList<string>, IEquatable<ClassList>
{
    private readonly string[] labels;
    private readonly FrozenDictionary<string, int> positions;

    /// <summary>A class list with these labels, in this order.</summary>
    /// <exception cref="ArgumentException">A label is empty or given twice.</exception>
    public ClassList(IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        this.labels = [.. labels];
        Dictionary<string, int> found = new(StringComparer.Ordinal);
        List<string> problems = [];
        for (var k = 0; k < this.labels.Length; k++)
        {
            if (string.IsNullOrWhiteSpace(this.labels[k]))
                problems.Add($"Class {k + 1} has no label.");
            else if (!found.TryAdd(this.labels[k], k))
                problems.Add($"Class {k + 1} repeats class {found[this.labels[k]] + 1}, \"{this.labels[k]}\".");
        }
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(labels));
        positions = found.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The labels that occur in the lists, each once, in ordinal alphabetical order (sed_eval's default).</summary>
    public static ClassList Of(params IEnumerable<EventList> lists) =>
        new(lists.SelectMany(list => list.Labels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    /// <summary>Number of classes.</summary>
    public int Count => labels.Length;

    /// <summary>The label of the class at this position, from 0.</summary>
    public string this[int index] => labels[index];

    /// <summary>The position of a label, or -1 when it is not a class.</summary>
    public int IndexOf(string label) => positions.TryGetValue(label, out var index) ? index : -1;

    /// <summary>True when both lists have the same labels in the same order.</summary>
    public bool Equals(ClassList? other) =>
        ReferenceEquals(this, other) || (other is not null && labels.AsSpan().SequenceEqual(other.labels));

    /// <inheritdoc />
    public override bool Equals(object? other) => Equals(other as ClassList);

    /// <inheritdoc />
    public override int GetHashCode() => labels.Aggregate(labels.Length, HashCode.Combine);

    /// <inheritdoc />
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)labels).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The labels, separated by semicolons (labels of DCASE 2017 contain commas).</summary>
    public override string ToString() => string.Join("; ", labels);
}
