using Sed.Core.Annotations;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// A review of the recordings in a folder. Every decision is written to disk before it is confirmed. The lists of
/// labels are rewritten after every decision. Thread-safe. A lock keeps other processes out of the folder.
/// </summary>
public sealed class ReviewSession : IDisposable
{
    private readonly Lock turn = new();
    private readonly string folder;
    private readonly FolderLock folderLock;
    private readonly DecisionLog log;
    private readonly Dictionary<string, ReviewRecording> recordings;
    private readonly Dictionary<string, int[]> itemsOf;
    private readonly List<string> classes;
    private readonly TimeProvider clock;
    private ReviewState state;
    private string? failure;

    private ReviewSession(string folder, FolderLock folderLock, ReviewOptions options)
    {
        (this.folder, this.folderLock) = (folder, folderLock);
        (Items, Reviewer, clock) = (options.Items, options.Reviewer, options.Clock);
        recordings = options.Recordings.ToDictionary(one => one.Name, StringComparer.Ordinal);
        itemsOf = Items
            .Index()
            .GroupBy(item => item.Item.Recording.Name, item => item.Index, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        log = DecisionLog.Open(Path.Combine(folder, ReviewFolder.Decisions), out state, out var torn);
        IsRepaired = torn;
        Before = state.Count;
        classes = [.. options.Classes.Distinct(StringComparer.Ordinal)];
        foreach (var marks in state.Recordings.Values)
            AddClasses(marks.Current.Select(entry => entry.Mark.Label));
    }

    /// <summary>Opens the review of a folder. If the log contains decisions, the lists of labels are written.</summary>
    /// <param name="corpus">The folder with the recordings. The review is in its subfolder "review".</param>
    /// <param name="options">Recordings, stretches, classes and reviewer.</param>
    /// <exception cref="IOException">Another process reviews the folder, or the folder cannot be written.</exception>
    /// <exception cref="InvalidDataException">The log of decisions is damaged; the message names the line.</exception>
    public static ReviewSession Open(string corpus, ReviewOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = FolderOf(corpus);
        var folderLock = FolderLock.Try(folder, "lock");
        try
        {
            if (folderLock.Outcome == LockOutcome.HeldElsewhere)
                throw new IOException(
                    $"{folder}: another process (seddsl review) serves this folder. Use the page of that process, or end the process with Ctrl-C first."
                );
            if (folderLock.Outcome == LockOutcome.Unavailable)
                throw new IOException($"{folder}: the folder cannot be written ({folderLock.Reason.TrimEnd('.')}).");
            ReviewSession session = new(folder, folderLock, options);
            try
            {
                if (session.state.Count > 0)
                    session.WriteLists();
                return session;
            }
            catch
            {
                session.log.Dispose();
                throw;
            }
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Path of the folder that contains the review of a corpus.</summary>
    public static string FolderOf(string corpus) => Path.Combine(corpus, ReviewFolder.Name);

    /// <summary>Path of the list of stretches that a review uses by default.</summary>
    public static string DefaultQueueOf(string corpus) => Path.Combine(FolderOf(corpus), ReviewFolder.Queue);

    /// <summary>The stretches to review, in order.</summary>
    public IReadOnlyList<ReviewItem> Items { get; }

    /// <summary>Name of the reviewer.</summary>
    public string Reviewer { get; }

    /// <summary>Whether an incomplete last line was removed from the log when it was opened.</summary>
    public bool IsRepaired { get; }

    /// <summary>Number of decisions in the log when it was opened.</summary>
    public long Before { get; }

    /// <summary>Number of decisions in the log.</summary>
    public long Count => state.Count;

    /// <summary>Number of recordings that have labels from the review.</summary>
    public int ReviewedRecordings => state.Recordings.Values.Count(marks => marks.Current.Any());

    /// <summary>For each stretch, whether its review is complete.</summary>
    public IReadOnlyList<bool> Done
    {
        get
        {
            lock (turn)
                return [.. Items.Select(IsDone)];
        }
    }

    /// <summary>The classes: those of the model and of the labels, and those that reviewers added.</summary>
    public IReadOnlyList<string> Classes
    {
        get
        {
            lock (turn)
                return [.. classes];
        }
    }

    /// <summary>The labels of a stretch.</summary>
    /// <param name="item">Number of the stretch, from 0.</param>
    /// <param name="from">Start of the part of the recording that the page shows (the view), in seconds.</param>
    /// <param name="to">End of the part of the recording that the page shows, in seconds.</param>
    /// <param name="session">Identifier of the browser tab.</param>
    public ItemState StateOf(int item, double from, double to, string session)
    {
        lock (turn)
            return Current(item, from, to, session);
    }

    /// <summary>
    /// Applies a decision, unless the stretch or labels in its view (<see cref="ReviewView.SpanOf"/>) have changed
    /// since the version that the page shows.
    /// </summary>
    /// <param name="request">The decision.</param>
    /// <exception cref="IOException">The decision cannot be written to disk; it was not applied.</exception>
    /// <exception cref="LockLostException">Another process has taken over the folder.</exception>
    public DecisionOutcome Decide(DecisionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegative(request.Item);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(request.Item, Items.Count);
        lock (turn)
        {
            if (state.Contains(request.Id))
                return Outcome(DecisionResult.Repeated, null, request, request.Item);
            return request.IsUndo ? Undo(request) : Change(request);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (turn)
        {
            try
            {
                if (state.Count > 0 && folderLock.IsHeld)
                    WriteLists();
            }
            finally
            {
                log.Dispose();
                folderLock.Dispose();
            }
        }
    }

    private DecisionOutcome Change(DecisionRequest request)
    {
        var item = Items[request.Item];
        var marks = state.Of(item.Recording.Name);
        if (VersionOf(item) != request.Version)
            return Outcome(
                DecisionResult.Outdated,
                "Labels in this view were changed in another tab. Your last change was not saved; the page shows the current state.",
                request,
                request.Item
            );
        if (DecisionRules.ProblemOf(request.Operations, item, marks) is { } problem)
            return Outcome(DecisionResult.Refused, problem, request, request.Item);
        Commit(
            new ReviewDecision
            {
                Id = request.Id,
                Session = request.Session,
                Reviewer = Reviewer,
                Time = clock.GetUtcNow().UtcDateTime,
                Recording = item.Recording.Name,
                Operations = DecisionRules.Completed(request.Operations, item, marks),
            }
        );
        return Outcome(DecisionResult.Applied, failure, request, request.Item);
    }

    private DecisionOutcome Undo(DecisionRequest request)
    {
        if (state.LastOf(request.Session) is not { } last)
            return Outcome(DecisionResult.Refused, "There is nothing to undo in this tab.", request, request.Item);
        if (state.ObstacleToUndo(last.Id) is { } obstacle)
            return Outcome(DecisionResult.Refused, obstacle, request, request.Item);
        var item = ItemOf(last, request.Item);
        Commit(
            new ReviewDecision
            {
                Id = request.Id,
                Session = request.Session,
                Reviewer = Reviewer,
                Time = clock.GetUtcNow().UtcDateTime,
                Recording = last.Recording,
                Undoes = last.Id,
            }
        );
        return Outcome(DecisionResult.Applied, failure, request, item);
    }

    /// <summary>Writes a decision, applies it and writes the lists.</summary>
    private void Commit(ReviewDecision decision)
    {
        folderLock.ThrowIfLost();
        var next = state.Apply(decision);
        log.Append(decision);
        state = next;
        AddClasses(decision.Operations.Select(operation => operation.Mark?.Label));
        try
        {
            WriteLists();
            failure = null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            failure = $"The decision is saved, but the lists of labels cannot be written: {refused.Message}";
        }
    }

    private void WriteLists() => ReviewLists.Write(folder, state, recordings, classes);

    private void AddClasses(IEnumerable<string?> labels)
    {
        foreach (var label in labels.OfType<string>())
            if (!classes.Contains(label))
                classes.Add(label);
    }

    /// <summary>
    /// A stretch that a decision changed: the current stretch if the decision changed it, otherwise the first changed
    /// stretch.
    /// </summary>
    private int ItemOf(ReviewDecision decision, int current)
    {
        if (!itemsOf.TryGetValue(decision.Recording, out var own) || own.Contains(current) && Overlaps(current))
            return current;
        return own.Where(Overlaps).FirstOrDefault(own[0]);

        bool Overlaps(int item) =>
            decision.Operations.Any(operation =>
                (operation.Mark ?? state.Of(decision.Recording).Marks.GetValueOrDefault(operation.Key)?.Mark)
                    is { } mark
                && (mark.IsOfRecording || (mark.Onset < Items[item].Offset && mark.Offset > Items[item].Onset))
            );
    }

    private DecisionOutcome Outcome(DecisionResult result, string? message, DecisionRequest request, int item)
    {
        var (from, to) = item == request.Item ? (request.From, request.To) : ReviewView.SpanOf(Items[item]);
        return new DecisionOutcome(result, message, item, Current(item, from, to, request.Session));
    }

    private ItemState Current(int index, double from, double to, string session)
    {
        var item = Items[index];
        var marks = state.Of(item.Recording.Name);
        return new ItemState(
            VersionOf(item),
            DecisionRules.Visible(item.Recording, marks, from, to),
            [
                .. (item.Recording.Annotated ?? [])
                    .Where(span => span.Onset < to && span.Offset > from)
                    .Select(span => new ReviewMark
                    {
                        Kind = MarkKind.Span,
                        Onset = span.Onset,
                        Offset = Math.Min(span.Offset, item.Recording.Seconds),
                        Label = span.Label,
                    }),
            ],
            IsDone(item),
            state.LastOf(session) is not null,
            [.. itemsOf[item.Recording.Name].Where(one => IsDone(Items[one]))],
            [.. classes]
        );
    }

    private long VersionOf(ReviewItem item) =>
        state.Of(item.Recording.Name).VersionOf((item.Onset, item.Offset), ReviewView.SpanOf(item));

    private bool IsDone(ReviewItem item)
    {
        var marks = state.Of(item.Recording.Name);
        ReviewMark done = new()
        {
            Kind = MarkKind.Done,
            Onset = item.Onset,
            Offset = item.Offset,
        };
        return marks.Has(done.FixedKey!) || marks.Has(new ReviewMark { Kind = MarkKind.Tagged }.FixedKey!);
    }
}
