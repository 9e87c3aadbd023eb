using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>Thrown for a corpus that cannot be used. Holds every problem that was found.</summary>
public sealed class CorpusException : Exception
{
    /// <summary>Creates an exception for several problems.</summary>
    /// <param name="problems">
    /// At least one problem. Each is located by a file, by a file and a line, or by a folder.
    /// </param>
    public CorpusException(IReadOnlyList<Problem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>Creates an exception for one problem.</summary>
    /// <param name="place">The file, file and line, or folder.</param>
    /// <param name="cause">The fault, with the value.</param>
    /// <param name="remedy">The correction; empty if the cause implies it.</param>
    public CorpusException(string place, string cause, string remedy = "")
        : this([new Problem(place, cause, remedy)]) { }

    /// <summary>Creates an exception for problems that are described in one sentence each.</summary>
    public CorpusException(IEnumerable<string> problems)
        : this([.. problems.Select(problem => Problem.Of(problem))]) { }

    /// <summary>Creates an exception for a problem that is described in one sentence.</summary>
    public CorpusException(string problem)
        : this([Problem.Of(problem)]) { }

    /// <summary>The problems in the order in which they were found.</summary>
    public IReadOnlyList<Problem> Problems { get; }
}
