namespace Sed.Core.Annotations;

/// <summary>Collects problems while reading goes on, keeps the first ones and counts the rest.</summary>
internal sealed class ProblemList
{
    private readonly List<AnnotationProblem> kept = [];

    public int Count { get; private set; }

    public void Add(string source, int line, string cause)
    {
        if (Count++ < AnnotationException.MostKept)
            kept.Add(new AnnotationProblem(source, line, cause));
    }

    public void ThrowIfAny()
    {
        if (Count > 0)
            throw new AnnotationException(kept, Count);
    }
}
