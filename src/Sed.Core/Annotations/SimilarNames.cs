using System.Globalization;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>Finds different names of classes or files that readers would take for the same name.</summary>
internal static class SimilarNames
{
    /// <summary>
    /// A key that is equal for names that differ only in case, spaces, underscores, hyphens or Unicode form (including
    /// zero-width characters).
    /// </summary>
    internal static string KeyOf(string name)
    {
        StringBuilder key = new(name.Length);
        foreach (var letter in ComposedText.Of(name).Where(letter => !IsSeparator(letter)))
            key.Append(char.ToLowerInvariant(letter));
        return key.ToString();
    }

    /// <summary>Whether two different names have the same <see cref="KeyOf"/>.</summary>
    internal static bool AreSimilar(string first, string second) => first != second && KeyOf(first) == KeyOf(second);

    /// <summary>The difference between two similar names, for example "case and Unicode form".</summary>
    internal static string Difference(string first, string second)
    {
        List<string> differences = [];
        var (one, other) = (ComposedText.Of(first), ComposedText.Of(second));
        if (WithoutSeparators(one) != WithoutSeparators(other))
            differences.Add("case");
        if (Separators(one) != Separators(other))
            differences.Add("spaces, underscores or hyphens");
        if (differences.Count == 0)
            differences.Add("Unicode form");
        return string.Join(" and ", differences);
    }

    private static bool IsSeparator(char letter) =>
        letter is '_' or '-' or '\u00AD'
        || char.IsWhiteSpace(letter)
        || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.DashPunctuation;

    private static string WithoutSeparators(string name) => string.Concat(name.Where(letter => !IsSeparator(letter)));

    // The separators of a name, with "x" for every other character.
    private static string Separators(string name) =>
        string.Concat(
            name.Select(letter =>
                !IsSeparator(letter) ? 'x'
                : letter is '_' or '-' ? letter
                : ' '
            )
        );
}
