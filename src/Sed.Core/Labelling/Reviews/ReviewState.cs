using System.Collections.Immutable;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// The state of a review: the result of applying the decisions of a log in order. Immutable. Equal decisions give equal
/// states.
/// </summary>
public sealed record ReviewState
{
    /// <summary>A review without decisions.</summary>
    public static ReviewState Empty { get; } = new();

    /// <summary>The marks of each recording that has decisions.</summary>
    public ImmutableSortedDictionary<string, RecordingMarks> Recordings { get; init; } =
        ImmutableSortedDictionary.Create<string, RecordingMarks>(StringComparer.Ordinal);

    /// <summary>Number of decisions, including reversals.</summary>
    public long Count { get; init; }

    private ImmutableDictionary<string, Applied> ById { get; init; } =
        ImmutableDictionary.Create<string, Applied>(StringComparer.Ordinal);

    private ImmutableDictionary<string, ImmutableStack<Applied>> BySession { get; init; } =
        ImmutableDictionary.Create<string, ImmutableStack<Applied>>(StringComparer.Ordinal);

    /// <summary>The marks of a recording.</summary>
    public RecordingMarks Of(string recording) => Recordings.GetValueOrDefault(recording, RecordingMarks.None);

    /// <summary>Whether a decision with this identifier has been applied.</summary>
    public bool Contains(string id) => ById.ContainsKey(id);

    /// <summary>
    /// The last decision of a browser tab that has not been reversed; null if the tab has no such decision.
    /// </summary>
    public ReviewDecision? LastOf(string session) =>
        BySession.TryGetValue(session, out var own) && !own.IsEmpty ? own.Peek().Decision : null;

    /// <summary>
    /// The reason why a decision cannot be reversed, as a sentence; null if it can. A decision cannot be reversed if a
    /// later decision changed one of its marks.
    /// </summary>
    public string? ObstacleToUndo(string id)
    {
        if (!ById.TryGetValue(id, out var applied) || applied.IsUndone || applied.Decision.Undoes is not null)
            return $"There is no decision {id} that can be undone.";
        var marks = Of(applied.Decision.Recording).Marks;
        foreach (var key in applied.Before.Keys)
            if (marks[key] is var set && set.Sequence != applied.Sequence)
                return $"The last change cannot be undone, because {set.Reviewer} changed the same label later.";
        return null;
    }

    /// <summary>Applies the next decision.</summary>
    /// <exception cref="InvalidDataException">
    /// The identifier was used before, or the decision reverses one that cannot be reversed.
    /// </exception>
    public ReviewState Apply(ReviewDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        if (Contains(decision.Id))
            throw new InvalidDataException($"the decision {decision.Id} occurs twice");
        return decision.Undoes is { } undone ? Reverse(decision, undone) : Change(decision);
    }

    private ReviewState Change(ReviewDecision decision)
    {
        var sequence = Count + 1;
        var recording = Of(decision.Recording);
        Dictionary<string, SetMark?> before = new(StringComparer.Ordinal);
        var (marks, changes) = (recording.Marks, recording.Changes);
        foreach (var (key, mark) in decision.Operations)
        {
            var old = marks.GetValueOrDefault(key);
            before.TryAdd(key, old);
            marks = marks.SetItem(key, new SetMark(mark, decision.Reviewer, decision.Time, sequence));
            changes = WithChanges(changes, sequence, decision, old?.Mark, mark);
        }
        Applied applied = new(decision, sequence, before);
        return With(decision, recording with { Marks = marks, Changes = changes }) with
        {
            ById = ById.Add(decision.Id, applied),
            BySession = BySession.SetItem(decision.Session, StackOf(decision.Session).Push(applied)),
        };
    }

    private ReviewState Reverse(ReviewDecision decision, string undone)
    {
        if (ObstacleToUndo(undone) is { } obstacle)
            throw new InvalidDataException(obstacle);
        var applied = ById[undone];
        if (applied.Decision.Recording != decision.Recording)
            throw new InvalidDataException(
                $"the line reverses the decision {undone}, which belongs to a different recording"
            );
        var recording = Of(decision.Recording);
        var (marks, changes) = (recording.Marks, recording.Changes);
        foreach (var (key, old) in applied.Before)
        {
            changes = WithChanges(changes, Count + 1, applied.Decision, marks[key].Mark, old?.Mark);
            marks = old is null ? marks.Remove(key) : marks.SetItem(key, old);
        }
        var session = applied.Decision.Session;
        return With(decision, recording with { Marks = marks, Changes = changes }) with
        {
            ById = ById.Remove(undone)
                .Add(undone, applied with { Before = new Dictionary<string, SetMark?>(), IsUndone = true })
                .Add(decision.Id, new Applied(decision, Count + 1, new Dictionary<string, SetMark?>())),
            BySession = BySession.SetItem(session, Without(StackOf(session), undone)),
        };
    }

    private ReviewState With(ReviewDecision decision, RecordingMarks recording) =>
        this with
        {
            Count = Count + 1,
            Recordings = Recordings.SetItem(decision.Recording, recording),
        };

    private ImmutableStack<Applied> StackOf(string session) =>
        BySession.GetValueOrDefault(session, ImmutableStack<Applied>.Empty);

    private static ImmutableStack<Applied> Without(ImmutableStack<Applied> stack, string id) =>
        stack.IsEmpty || stack.Peek().Decision.Id == id
            ? (stack.IsEmpty ? stack : stack.Pop())
            : ImmutableStack.CreateRange(stack.Where(one => one.Decision.Id != id).Reverse());

    /// <summary>Adds the parts of a recording that change if a mark is replaced.</summary>
    /// <param name="changes">The changes so far.</param>
    /// <param name="sequence">Number of the decision that changes the mark.</param>
    /// <param name="decision">The decision that sets or removes the mark, or whose reversal restores it.</param>
    /// <param name="before">The mark before the change; null if there was none.</param>
    /// <param name="after">The mark after the change; null if there is none.</param>
    private static ImmutableList<Change> WithChanges(
        ImmutableList<Change> changes,
        long sequence,
        ReviewDecision decision,
        ReviewMark? before,
        ReviewMark? after
    )
    {
        // An earlier event without a mark is shown like the mark that it becomes when a stretch is complete.
        var isShownAlike =
            (before is null || after is null)
            && (before ?? after) is { IsEarlierEvent: true }
            && decision.Operations.Any(operation => operation.Mark is { Kind: MarkKind.Done });
        foreach (var mark in new[] { before, after })
            if (mark is not null)
                changes = changes.Add(
                    mark.IsOfRecording
                        ? new Change(sequence, double.NegativeInfinity, double.PositiveInfinity, IsOfLabels: true)
                        : new Change(
                            sequence,
                            mark.Onset,
                            mark.Offset,
                            IsOfLabels: mark.Kind != MarkKind.Done && !isShownAlike
                        )
                );
        return changes;
    }

    /// <summary>A decision that has been applied.</summary>
    /// <param name="Decision">The decision.</param>
    /// <param name="Sequence">Its number, from 1.</param>
    /// <param name="Before">The marks that it replaced; null where there was none.</param>
    private sealed record Applied(ReviewDecision Decision, long Sequence, IReadOnlyDictionary<string, SetMark?> Before)
    {
        internal bool IsUndone { get; init; }
    }
}
