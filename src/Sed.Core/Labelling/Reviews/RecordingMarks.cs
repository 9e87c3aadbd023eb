using System.Collections.Immutable;

namespace Sed.Core.Labelling.Reviews;

/// <summary>A mark, or the removal of a mark, with the decision in the log that caused it.</summary>
/// <param name="Mark">The mark; null if it was removed.</param>
/// <param name="Reviewer">Name of the reviewer who set or removed the mark.</param>
/// <param name="Time">Time of the decision (UTC).</param>
/// <param name="Sequence">Number of the decision that set or removed the mark, from 1.</param>
public sealed record SetMark(ReviewMark? Mark, string Reviewer, DateTime Time, long Sequence);

/// <summary>A part of a recording that a decision changed.</summary>
/// <param name="Sequence">Number of the decision, from 1.</param>
/// <param name="From">Start in seconds.</param>
/// <param name="To">End in seconds; infinity for the whole recording.</param>
/// <param name="IsOfLabels">
/// Whether the decision changed labels. False if it changed only the state of the review: it marked the review of a
/// stretch as complete, and earlier events in the stretch became part of the review unchanged.
/// </param>
internal readonly record struct Change(long Sequence, double From, double To, bool IsOfLabels)
{
    internal bool IsIn((double From, double To) part) => From < part.To && To > part.From;
}

/// <summary>The marks that reviewers set in one recording. Immutable.</summary>
public sealed record RecordingMarks
{
    /// <summary>The marks of a recording that has none.</summary>
    internal static RecordingMarks None { get; } = new();

    /// <summary>All marks by their keys, including removed marks.</summary>
    public ImmutableDictionary<string, SetMark> Marks { get; init; } =
        ImmutableDictionary.Create<string, SetMark>(StringComparer.Ordinal);

    internal ImmutableList<Change> Changes { get; init; } = [];

    /// <summary>The marks that were not removed, ordered by onset and key.</summary>
    public IEnumerable<(string Key, ReviewMark Mark, SetMark Set)> Current =>
        Marks
            .Where(entry => entry.Value.Mark is not null)
            .Select(entry => (entry.Key, entry.Value.Mark!, entry.Value))
            .OrderBy(entry => entry.Item2.Onset)
            .ThenBy(entry => entry.Key, StringComparer.Ordinal);

    /// <summary>The current marks of a kind.</summary>
    internal IEnumerable<(string Key, ReviewMark Mark, SetMark Set)> Of(MarkKind kind) =>
        Current.Where(entry => entry.Mark.Kind == kind);

    /// <summary>Whether a key has a mark that was not removed.</summary>
    internal bool Has(string key) => Marks.TryGetValue(key, out var set) && set.Mark is not null;

    /// <summary>
    /// Number of the last decision that changed a stretch, or labels in its view; 0 if no decision did. In the margins
    /// of the view, only changes of labels count, because the page shows the labels in the margins and can change them.
    /// </summary>
    /// <param name="stretch">Start and end of the stretch in seconds.</param>
    /// <param name="view">Start and end of the stretch's view in seconds (<see cref="ReviewView.SpanOf"/>).</param>
    public long VersionOf((double From, double To) stretch, (double From, double To) view) =>
        Changes
            .Where(change => change.IsIn(stretch) || (change.IsOfLabels && change.IsIn(view)))
            .Select(change => change.Sequence)
            .LastOrDefault();
}
