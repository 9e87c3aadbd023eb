using Sed.Core.Runtime;

namespace Sed.Core.Annotations;

/// <summary>
/// Thrown for lists of events, tags, durations or scores that cannot be used. Lists up to <see cref="MaxListed"/>
/// problems, each with its file and line, and counts further problems.
/// </summary>
public sealed class AnnotationException : Exception
{
    /// <summary>Maximum number of listed problems. Further problems are only counted.</summary>
    public const int MaxListed = 20;

    /// <summary>Creates an exception for several problems.</summary>
    /// <param name="problems">
    /// The listed problems, at least one. Each states its location in the form "file, line 12" or "file".
    /// </param>
    /// <param name="count">Total number of problems, including problems that are not listed.</param>
    public AnnotationException(IReadOnlyList<Problem> problems, int count)
        : base(Text(problems, count))
    {
        Problems = problems;
        Count = count;
    }

    /// <summary>Creates an exception for one problem.</summary>
    /// <param name="source">Path or name of the list.</param>
    /// <param name="line">Line number from 1; 0 for a problem of the whole list.</param>
    /// <param name="cause">The fault, including the invalid value, as a message fragment.</param>
    /// <param name="remedy">The correction, as a message fragment; empty if the cause implies it.</param>
    public AnnotationException(string source, int line, string cause, string remedy = "")
        : this([ProblemList.At(source, line, cause, remedy)], 1) { }

    /// <summary>The problems in reading order, at most <see cref="MaxListed"/>.</summary>
    public IReadOnlyList<Problem> Problems { get; }

    /// <summary>Total number of problems, including problems that are not listed.</summary>
    public int Count { get; }

    /// <summary>
    /// The numbers (from 1) of all lines that have problems, including lines whose problems are not listed.
    /// </summary>
    internal IReadOnlySet<int> Lines { get; init; } = new HashSet<int>();

    private static string Text(IReadOnlyList<Problem> problems, int count)
    {
        var lines = problems.Select(problem => problem.ToString());
        if (count > problems.Count)
            lines = lines.Append($"... and {count - problems.Count} more.");
        return string.Join(Environment.NewLine, lines);
    }
}

/// <summary>
/// Collects the problems of a list while the list is read. Keeps the first <see cref="AnnotationException.MaxListed"/>
/// problems and counts all problems.
/// </summary>
internal sealed class ProblemList
{
    private readonly List<Problem> listed = [];
    private readonly HashSet<int> lines = [];

    public int Count { get; private set; }

    /// <summary>Creates a problem of a line, or of the whole list if the line is 0.</summary>
    public static Problem At(string source, int line, string cause, string remedy = "") =>
        new(line > 0 ? $"{source}, line {line}" : source, cause, remedy);

    public void Add(string source, int line, string cause, string remedy = "")
    {
        if (line > 0)
            lines.Add(line);
        if (Count++ < AnnotationException.MaxListed)
            listed.Add(At(source, line, cause, remedy));
    }

    /// <summary>Throws if any name or label cannot be used.</summary>
    /// <param name="source">The file or recording that the names or labels belong to.</param>
    /// <param name="causes">
    /// For each name or label, the reason that it cannot be used, or null if it can be used. Equal reasons are reported
    /// once.
    /// </param>
    public static void ThrowIfAny(string source, IEnumerable<string?> causes)
    {
        ProblemList problems = new();
        foreach (var cause in causes.OfType<string>().Distinct(StringComparer.Ordinal))
            problems.Add(source, 0, cause);
        problems.ThrowIfAny();
    }

    public void ThrowIfAny()
    {
        if (Count > 0)
            throw new AnnotationException(listed, Count) { Lines = lines };
    }
}
