using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sed.Core.Runtime.Code;

/// <summary>The items of an array, a tuple or a collection of a .NET library that a function captures.</summary>
/// <param name="Size">The number of items; for an array, the length of each dimension.</param>
/// <param name="Values">
/// The items in their order. The items of sets and dictionaries are sorted, because their order can differ between
/// processes.
/// </param>
internal sealed record CapturedItems(string Size, IEnumerable<object?> Values)
{
    private static readonly Type[] unordered =
    [
        typeof(ISet<>),
        typeof(IReadOnlySet<>),
        typeof(IDictionary<,>),
        typeof(IReadOnlyDictionary<,>),
    ];

    /// <summary>
    /// The items of a value; null if the value is no array, tuple or collection. Sequences without a count are not
    /// collections: they may be infinite.
    /// </summary>
    public static CapturedItems? Of(object value)
    {
        if (value is Array array)
            return new(
                string.Join(' ', Enumerable.Range(0, array.Rank).Select(array.GetLength)),
                array.Cast<object?>()
            );
        if (value is ITuple tuple)
            return Counted([.. Enumerable.Range(0, tuple.Length).Select(i => tuple[i])]);
        var type = value.GetType();
        if (!IsLibrary(type) || value is not IEnumerable items)
            return null;
        Type[] generic =
        [
            .. type.GetInterfaces().Where(part => part.IsGenericType).Select(part => part.GetGenericTypeDefinition()),
        ];
        if (value is not ICollection && !generic.Contains(typeof(IReadOnlyCollection<>)))
            return null;
        var all = items.Cast<object?>();
        return Counted([.. generic.Any(unordered.Contains) ? all.OrderBy(Rank, StringComparer.Ordinal) : all]);
    }

    private static CapturedItems Counted(object?[] items) =>
        new(items.Length.ToString(CultureInfo.InvariantCulture), items);

    private static bool IsLibrary(Type type) =>
        type.Assembly.GetName().Name is { } library
        && (library == "FSharp.Core" || library.StartsWith("System.", StringComparison.Ordinal));

    /// <summary>The text by which items are sorted: the item or, for an entry of a dictionary, its key.</summary>
    private static string Rank(object? item)
    {
        var key =
            item?.GetType() is { IsGenericType: true } type
            && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
                ? type.GetProperty(nameof(KeyValuePair<,>.Key))!.GetValue(item)
                : item;
        return Convert.ToString(key, CultureInfo.InvariantCulture) ?? "";
    }
}
