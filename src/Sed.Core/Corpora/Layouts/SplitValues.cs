using System.Text;
using Sed.Core.Annotations;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// The values of a column of splits: train, valid, test, eval and the other words of <see cref="SplitName"/>. "dev"
/// means training if no other value means training, and validation otherwise.
/// </summary>
internal sealed class SplitValues
{
    /// <summary>Remedy for a value that states no split.</summary>
    internal const string Remedy = "write train, valid, test or eval";

    private readonly Dictionary<string, Split?> known;

    /// <param name="values">All values of the column.</param>
    internal SplitValues(IEnumerable<string> values)
    {
        string[] distinct = [.. values.Distinct(StringComparer.Ordinal)];
        var hasTraining = distinct.Any(value => SplitName.Of(value, false).Splits is [Split.Training]);
        known = distinct.ToDictionary(
            value => value,
            value => SplitName.Of(value, !hasTraining).Splits is [var split] ? split : (Split?)null,
            StringComparer.Ordinal
        );
    }

    /// <summary>Whether any value states a split.</summary>
    internal bool AreSplits => known.Values.Any(split => split is not null);

    /// <summary>The values that state no split, in the order of their first occurrence.</summary>
    internal IEnumerable<string> Others => known.Where(entry => entry.Value is null).Select(entry => entry.Key);

    /// <summary>The split that a value states; null if it states no split.</summary>
    internal Split? Of(string value) => known[value];

    /// <summary>The problem of a value that states no split, as a message fragment.</summary>
    internal static string Unknown(string value) =>
        $"the split \"{ListText.Shown(Encoding.UTF8.GetBytes(value))}\" is unknown";
}
