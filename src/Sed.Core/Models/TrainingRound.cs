using Sed.Core.Runtime.Keys;

namespace Sed.Core.Models;

/// <summary>
/// One round of labelling and training: the amount of labelled audio, and the scores on a fixed test set. A model file
/// contains one round for the model itself. If training started from an earlier model, the rounds of that model precede
/// it.
/// </summary>
/// <param name="Recordings">Number of labelled recordings that are not test recordings.</param>
/// <param name="LabelledSeconds">Annotated duration of these recordings in seconds.</param>
/// <param name="TestSet">
/// Hash of the scored split (<see cref="Corpora.Manifest.ContentHashOf"/>). Scores of rounds with equal hashes are
/// comparable.
/// </param>
/// <param name="Scores">The scores by the stable keys of the metrics.</param>
public sealed record TrainingRound(
    [property: Key("recordings")] int Recordings,
    [property: Key("labelledSeconds")] double LabelledSeconds,
    [property: Key("testSet")] string TestSet,
    [property: Key("scores")] IReadOnlyDictionary<string, RoundScore> Scores
);

/// <summary>The score of one metric in a round of labelling and training.</summary>
/// <param name="Mean">The mean over the networks.</param>
/// <param name="Low">Lower limit of the 95 % confidence interval; null if there is none.</param>
/// <param name="High">Upper limit of the 95 % confidence interval; null if there is none.</param>
public sealed record RoundScore(
    [property: Key("mean")] double Mean,
    [property: Key("low")] double? Low = null,
    [property: Key("high")] double? High = null
);
