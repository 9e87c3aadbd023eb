using Sed.Core.Annotations;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>
/// The stretches to annotate in the next round of labelling a folder. The random draws are made from two groups of
/// stretches: stretches without labels, and stretches that an earlier queue proposed for a reason other than a random
/// draw. Recordings in a validation, test or evaluation split are left out. Stretches that were annotated although no
/// queue proposed them are left out, too. A stretch that an earlier round drew at random and that has no labels yet is
/// repeated at the start of the queue and counts as one of the random stretches of this round.
/// </summary>
public sealed class NextRound
{
    private NextRound(QueueList queue, IReadOnlyList<int> sources, IReadOnlyList<string> population)
    {
        (Queue, RecordingOf, Population) = (queue, sources, population);
    }

    /// <summary>The queue of the next round.</summary>
    public QueueList Queue { get; }

    /// <summary>
    /// For each row of the queue, the position of its recording in <see cref="EmbeddedFolder.Recordings"/>.
    /// </summary>
    public IReadOnlyList<int> RecordingOf { get; }

    /// <summary>Names of the recordings whose stretches could be drawn at random in this round.</summary>
    public IReadOnlyList<string> Population { get; }

    /// <summary>
    /// Number of repeated stretches: an earlier round drew them at random, and they have no labels yet.
    /// </summary>
    public int Repeated { get; private init; }

    /// <summary>
    /// The stretches of the queue that are annotated already: an earlier queue proposed them for a reason other than a
    /// random draw, and this round drew them at random.
    /// </summary>
    public IReadOnlySet<Stretch> Annotated { get; private init; } = new HashSet<Stretch>();

    /// <summary>Number of annotated stretches in recordings that are not held out.</summary>
    public int AnnotatedCount { get; private init; }

    /// <summary>Number of stretches that are not annotated, in recordings that are not held out.</summary>
    public int OpenCount { get; private init; }

    /// <summary>Number of recordings in a validation, test or evaluation split.</summary>
    public int HeldOutCount { get; private init; }

    /// <summary>Chooses the stretches of the next round. Writes nothing.</summary>
    /// <param name="folder">The recordings with the scores of the model.</param>
    /// <param name="labels">The labels of the recordings.</param>
    /// <param name="history">The queues of the earlier rounds.</param>
    /// <param name="options">
    /// The number of stretches to choose, their maximum total length, and how many of them are drawn at random. The
    /// round number in the options is ignored; it follows from the history.
    /// </param>
    /// <param name="seed">Seed of the random draws.</param>
    /// <param name="leavesOutProposed">
    /// Whether stretches of earlier queues count as annotated even if the folder has no labels for them. Default false.
    /// </param>
    /// <exception cref="AnnotationException">
    /// A stretch that was drawn at random in an earlier round is not one of the folder's stretches, because the earlier
    /// round used a different length of stretches.
    /// </exception>
    public static NextRound Choose(
        EmbeddedFolder folder,
        FolderLabels labels,
        QueueHistory history,
        SelectionOptions options,
        long seed,
        bool leavesOutProposed = false
    )
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(options);
        RequireSameLength(folder, history);
        var classes = folder.Source.Model!.Classes;
        var counts = new int[classes.Count];
        List<(int Recording, Candidate Candidate)> open = [];
        List<(int Recording, Stretch Stretch, double Inclusion)> repeated = [];
        List<ReadOnlyMemory<float>> annotated = [];
        List<string> population = [];
        var heldOut = 0;
        for (var k = 0; k < folder.Recordings.Count; k++)
        {
            var recording = folder.Recordings[k];
            if (labels.IsHeldOut(recording.Path))
            {
                heldOut++;
                continue;
            }
            population.Add(recording.Name);
            var hasCountedTags = false;
            foreach (var (number, stretch) in folder.StretchesOf(k).Index())
            {
                var vector = folder.VectorOf(k, number);
                var hasLabels = labels.IsAnnotated(recording.Path, stretch);
                var isProposed = history.HasProposed(stretch);
                if (hasLabels && !(hasCountedTags && labels.HasTagsOnly(recording.Path)))
                {
                    hasCountedTags = true;
                    foreach (var label in labels.LabelsIn(recording.Path, stretch))
                        if (classes.IndexOf(label) is var index and >= 0)
                            counts[index]++;
                }
                var isAnnotated = hasLabels || (leavesOutProposed && isProposed);
                if (isAnnotated)
                    annotated.Add(vector);
                if (history.DrawOf(stretch) is not null)
                {
                    if (!isAnnotated)
                    {
                        repeated.Add((k, stretch, history.InclusionInItsRound(stretch)));
                        annotated.Add(vector);
                    }
                }
                else if (!isAnnotated || isProposed)
                    open.Add(
                        (k, new Candidate(stretch, folder.ScoresOf(k, number), vector) { IsAnnotated = isAnnotated })
                    );
            }
        }
        var rest = Rest(options, repeated.Sum(one => one.Stretch.Seconds), repeated.Count, open) with
        {
            Round = history.Rounds.Count + 1,
        };
        var choices = Selection.Choose([.. open.Select(one => one.Candidate)], annotated, counts, rest, seed);
        return new NextRound(
            QueueList.Of([
                .. repeated.Select(one => new QueuedStretch(
                    one.Stretch,
                    QueuedStretch.RandomReason,
                    null,
                    one.Inclusion
                )),
                .. choices.Select(one => new QueuedStretch(
                    open[one.Candidate].Candidate.Stretch,
                    one.Reason,
                    one.Score,
                    one.Inclusion
                )),
            ]),
            [.. repeated.Select(one => one.Recording), .. choices.Select(one => open[one.Candidate].Recording)],
            population
        )
        {
            Repeated = repeated.Count,
            Annotated = choices
                .Select(one => open[one.Candidate].Candidate)
                .Where(one => one.IsAnnotated)
                .Select(one => one.Stretch)
                .ToHashSet(),
            AnnotatedCount = annotated.Count - repeated.Count,
            OpenCount = open.Count(one => !one.Candidate.IsAnnotated) + repeated.Count,
            HeldOutCount = heldOut,
        };
    }

    /// <summary>The selection options for the stretches that are added to the repeated ones.</summary>
    private static SelectionOptions Rest(
        SelectionOptions options,
        double seconds,
        int count,
        List<(int Recording, Candidate Candidate)> open
    )
    {
        if (count == 0 || open.Count == 0)
            return options;
        double all = options.Count ?? open.Count + count;
        if (options.Seconds is { } limit)
            all = Math.Min(all, limit / open.Average(one => one.Candidate.Stretch.Seconds));
        return options with
        {
            Count = options.Count is { } given ? Math.Max(0, given - count) : null,
            // The limit must be positive. If no time is left, it is 1 ms, which is shorter than any stretch.
            Seconds = options.Seconds is { } total ? Math.Max(1e-3, total - seconds) : null,
            RandomCount = Math.Max(0, (int)Math.Round(options.RandomShare * all) - count),
        };
    }

    private static void RequireSameLength(EmbeddedFolder folder, QueueHistory history)
    {
        var positions = folder.Recordings.Index().ToDictionary(one => one.Item.Name, one => one.Index);
        Dictionary<string, HashSet<Stretch>> known = [];
        foreach (var (stretch, round, _) in history.Sample)
        {
            if (!positions.TryGetValue(stretch.Recording, out var k))
                continue;
            if (!known.TryGetValue(stretch.Recording, out var own))
                known[stretch.Recording] = own = [.. folder.StretchesOf(k)];
            if (!own.Contains(stretch))
                throw new AnnotationException(
                    history.Rounds[round - 1].Source,
                    0,
                    FormattableString.Invariant(
                        $"the stretch \"{stretch}\", which was drawn at random, is not one of the {folder.Length} s stretches of its recording"
                    ),
                    "use the same length in all rounds, or remove the queues (next*.tsv) and population.tsv to start again"
                );
        }
    }
}
