namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// The stretches that were drawn at random in a given round or later, with their inclusion probabilities. A stretch that
/// was drawn earlier could not be drawn again, so it belongs neither to the sample nor to the stretches that could be
/// drawn.
/// </summary>
public sealed class RandomSample
{
    private readonly QueueHistory history;

    /// <param name="history">The queues of all rounds.</param>
    /// <param name="firstRound">The first round that counts, from 1.</param>
    public RandomSample(QueueHistory history, int firstRound = 1)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentOutOfRangeException.ThrowIfLessThan(firstRound, 1);
        this.history = history;
        FirstRound = firstRound;
    }

    /// <summary>The first round that counts, from 1.</summary>
    public int FirstRound { get; }

    /// <summary>The stretches that were drawn in the rounds that count.</summary>
    public IEnumerable<Stretch> Drawn =>
        history.Sample.Where(one => one.Round >= FirstRound).Select(one => one.Stretch);

    /// <summary>Whether a stretch was drawn in one of the rounds that count.</summary>
    public bool IsDrawn(Stretch stretch) => history.DrawOf(stretch)?.Round >= FirstRound;

    /// <summary>Whether a stretch is in the queue of any round, for any reason.</summary>
    public bool IsProposed(Stretch stretch) => history.HasProposed(stretch);

    /// <summary>
    /// The probability that a stretch is drawn in one of the rounds that count; 0 if it was drawn earlier, or if its
    /// recording was not in the population of any of these rounds.
    /// </summary>
    public double InclusionOf(Stretch stretch)
    {
        ArgumentNullException.ThrowIfNull(stretch);
        return history.DrawOf(stretch)?.Round < FirstRound ? 0 : history.InclusionSince(FirstRound, stretch.Recording);
    }
}
