using Sed.Core.Annotations;

namespace Sed.Core.Training;

/// <summary>What a network detected in a split, and what that is worth.</summary>
/// <param name="Scores">The metrics.</param>
/// <param name="Events">The events of each clip.</param>
/// <param name="Tags">The tags of each clip.</param>
public sealed record Evaluation(Scores Scores, EventList Events, TagList Tags);
