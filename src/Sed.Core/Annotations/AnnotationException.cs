namespace Sed.Core.Annotations;

/// <summary>Lists of events, tags, durations or scores that cannot be used as they are, with every problem found and its place.</summary>
public sealed class AnnotationException : Exception
{
    /// <summary>How many problems are kept one by one; the rest are only counted.</summary>
    public const int MostKept = 20;

    /// <summary>An exception for these problems.</summary>
    /// <param name="problems">The problems that are told one by one; at least one.</param>
    /// <param name="count">How many there are in all; at least as many as are told.</param>
    public AnnotationException(IReadOnlyList<AnnotationProblem> problems, int count)
        : base(Text(problems, count))
    {
        Problems = problems;
        Count = count;
    }

    /// <summary>An exception for one problem.</summary>
    public AnnotationException(string source, int line, string cause)
        : this([new AnnotationProblem(source, line, cause)], 1) { }

    /// <summary>The problems in reading order, at most <see cref="MostKept"/> of them.</summary>
    public IReadOnlyList<AnnotationProblem> Problems { get; }

    /// <summary>How many problems there are, told or not.</summary>
    public int Count { get; }

    private static string Text(IReadOnlyList<AnnotationProblem> problems, int count)
    {
        var lines = problems.Select(problem => problem.ToString());
        if (count > problems.Count)
            lines = lines.Append($"... and {count - problems.Count} more.");
        return string.Join(Environment.NewLine, lines);
    }
}

/// <summary>One thing that is wrong with a list, and where.</summary>
/// <param name="Source">The list's path, or what it was called.</param>
/// <param name="Line">The line, from 1; 0 when the problem belongs to the whole list.</param>
/// <param name="Cause">What is wrong, with the value.</param>
public sealed record AnnotationProblem(string Source, int Line, string Cause)
{
    /// <summary>"reference.tsv, line 12: the onset of -1 s is negative".</summary>
    public override string ToString() => Line > 0 ? $"{Source}, line {Line}: {Cause}" : $"{Source}: {Cause}";
}
