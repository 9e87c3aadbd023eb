namespace Sed.Core.Labelling;

/// <summary>A row of a queue: a stretch that is proposed for annotation.</summary>
/// <param name="Stretch">The stretch.</param>
/// <param name="Reason">
/// Why it was chosen, as one word: <see cref="RandomReason"/>, "uncertain", "rare", "diverse", or any other word.
/// </param>
/// <param name="Score">The score by which it was chosen; null if there is none, as for random stretches.</param>
/// <param name="Inclusion">
/// For a stretch that was drawn at random: the probability of being drawn in the round of this queue, equal for all
/// stretches that could be drawn. Greater than 0, at most 1. Null for a stretch that was chosen otherwise.
/// </param>
public sealed record QueuedStretch(Stretch Stretch, string Reason, double? Score, double? Inclusion)
{
    /// <summary>The reason of stretches that are drawn at random.</summary>
    public const string RandomReason = "random";

    /// <summary>Whether the stretch was drawn at random.</summary>
    public bool IsRandom => Inclusion is not null;
}
