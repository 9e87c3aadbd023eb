using System.Collections;

namespace Sed.Core.Runtime;

/// <summary>
/// A read-only list with value equality: lists are equal if they have equal items in the same order. For use in
/// records.
/// </summary>
internal sealed class ValueList<T>(IEnumerable<T> items) : IReadOnlyList<T>
{
    private readonly T[] items = [.. items];

    public int Count => items.Length;

    public T this[int index] => items[index];

    public IEnumerator<T> GetEnumerator() => items.AsEnumerable().GetEnumerator();

    public override bool Equals(object? other) => other is ValueList<T> list && items.SequenceEqual(list.items);

    public override int GetHashCode()
    {
        HashCode hash = new();
        foreach (var item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
