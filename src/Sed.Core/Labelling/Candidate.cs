namespace Sed.Core.Labelling;

/// <summary>A stretch that can be proposed for annotation.</summary>
/// <param name="Stretch">The stretch.</param>
/// <param name="Scores">
/// The model's probability of each class in the stretch, from 0 to 1: the maximum over the frames of the stretch.
/// </param>
/// <param name="Embedding">
/// A vector for the comparison of stretches, of the same size for all candidates. If the vectors of all candidates are
/// empty, the similarity of stretches has no effect.
/// </param>
public sealed record Candidate(Stretch Stretch, ReadOnlyMemory<float> Scores, ReadOnlyMemory<float> Embedding)
{
    /// <summary>
    /// Whether the stretch has been annotated already, because an earlier queue proposed it. Such a stretch takes part
    /// in the random draw, so that the random sample does not depend on earlier choices, but it is not chosen for any
    /// other reason. Default false.
    /// </summary>
    public bool IsAnnotated { get; init; }
}
