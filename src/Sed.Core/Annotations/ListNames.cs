using Sed.Core.Runtime;

namespace Sed.Core.Annotations;

/// <summary>Names of recordings and classes in tab-separated lists.</summary>
public static class ListNames
{
    /// <summary>The reason that a name cannot be written in a list; null if it can.</summary>
    /// <param name="name">Name of a recording or a class.</param>
    public static string? ProblemOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return OneLine.HasUnprintable(name)
                ? $"\"{name}\" contains a tab, line break or other control character, which is not allowed in a tab-separated list"
            : name.Trim(' ') != name
                ? $"\"{name}\" begins or ends with a space, which is not allowed in a tab-separated list"
            : null;
    }

    /// <summary>
    /// Formats a name or label as a field of a tab-separated list. The field is quoted if the name begins with a quote
    /// or with "#".
    /// </summary>
    /// <param name="name">
    /// Name of a recording or a class that can be written in a list (<see cref="ProblemOf"/>).
    /// </param>
    public static string Field(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith('"') || name.StartsWith('#') ? CsvField.Quoted(name) : name;
    }

    /// <summary>Checks names before anything is written.</summary>
    /// <param name="source">The recording or list that has these names, for messages.</param>
    /// <param name="names">Names of recordings or classes.</param>
    /// <exception cref="AnnotationException">
    /// A name cannot be written in a list; the exception lists all such names.
    /// </exception>
    public static void Require(string source, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        ProblemList.ThrowIfAny(source, names.Select(ProblemOf));
    }
}
