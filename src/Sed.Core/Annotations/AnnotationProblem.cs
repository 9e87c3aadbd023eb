namespace Sed.Core.Annotations;

/// <summary>One thing that is wrong with a list, and where.</summary>
/// <param name="Source">The list's path, or what it was called.</param>
/// <param name="Line">The line, from 1; 0 when the problem belongs to the whole list.</param>
/// <param name="Cause">What is wrong, with the value.</param>
public sealed record AnnotationProblem(string Source, int Line, string Cause)
{
    /// <summary>"reference.tsv, line 12: the onset of -1 s is negative".</summary>
    public override string ToString() => Line > 0 ? $"{Source}, line {Line}: {Cause}" : $"{Source}: {Cause}";
}
