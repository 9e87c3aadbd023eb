namespace Sed.Core.Corpora;

/// <summary>A corpus that cannot be used, with every reason that was found.</summary>
public sealed class CorpusException : Exception
{
    /// <summary>Joins the problems, one to a line.</summary>
    /// <param name="problems">At least one; each names its place and, where there is one, the remedy.</param>
    public CorpusException(IReadOnlyList<string> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>One problem.</summary>
    /// <param name="problem">Names its place and, where there is one, the remedy.</param>
    public CorpusException(string problem)
        : this([problem]) { }

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<string> Problems { get; }
}
