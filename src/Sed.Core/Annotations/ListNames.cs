using Sed.Core.Runtime;

namespace Sed.Core.Annotations;

/// <summary>The names of recordings and classes that a tab-separated list can hold.</summary>
public static class ListNames
{
    /// <summary>Why a list cannot hold a name, or null if it can.</summary>
    /// <param name="name">Name of a recording or a class.</param>
    public static string? ProblemOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return OneLine.HasUnprintable(name)
                ? $"\"{name}\" contains a tab, line break or other control character, which a tab-separated list cannot hold"
            : name.Trim(' ') != name ? $"\"{name}\" begins or ends with a space, which a tab-separated list cannot hold"
            : null;
    }

    /// <summary>Checks names before anything is written.</summary>
    /// <param name="source">What the names belong to, for messages.</param>
    /// <param name="names">The names.</param>
    /// <exception cref="AnnotationException">Lists the names that a list cannot hold.</exception>
    public static void Require(string source, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        ProblemList problems = new();
        foreach (var name in names.Distinct(StringComparer.Ordinal))
            if (ProblemOf(name) is { } cause)
                problems.Add(source, 0, cause);
        problems.ThrowIfAny();
    }
}
