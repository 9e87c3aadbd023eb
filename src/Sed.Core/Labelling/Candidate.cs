namespace Sed.Core.Labelling;

/// <summary>A stretch that can be proposed for annotation.</summary>
/// <param name="Stretch">The stretch.</param>
/// <param name="Scores">
/// The model's probability of each class in the stretch, from 0 to 1: the maximum over its frames.
/// </param>
/// <param name="Embedding">
/// A vector by which stretches are compared; equally long for all stretches. It may be empty for all of them; stretches are
/// then chosen by their scores alone.
/// </param>
public sealed record Candidate(Stretch Stretch, ReadOnlyMemory<float> Scores, ReadOnlyMemory<float> Embedding)
{
    /// <summary>
    /// Whether the stretch has been annotated already, because an earlier queue proposed it. Such a stretch can only be drawn
    /// at random, so that the random sample does not depend on earlier choices. Default false.
    /// </summary>
    public bool IsAnnotated { get; init; }
}
