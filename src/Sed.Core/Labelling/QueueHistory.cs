using System.Globalization;
using System.Text.RegularExpressions;
using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling;

/// <summary>
/// The queues of a folder, one for each round of annotation. The queue of the current round is next.tsv; the queues of
/// earlier rounds are next-1.tsv, next-2.tsv and so on. When a new queue is written, next.tsv is first renamed to
/// next-N.tsv, where N is its round. The list population.tsv states for each recording the first round in which its
/// stretches could be drawn.
/// <para>
/// Round s draws n_s of the M_s stretches that could be drawn and had not been drawn in an earlier round, each with the
/// probability π_s = n_s / M_s, whether or not it has been annotated for another reason in the meantime. Therefore, the
/// random draws of all rounds do not depend on which stretches were chosen for other reasons. A stretch that could be
/// drawn since round e is in the sample of the rounds e to R with the probability
/// 1 - (1 - π_e)(1 - π_e+1) ... (1 - π_R). If no recordings were added after the first round, this probability is
/// (n_1 + ... + n_R) / M_1 for all stretches, so the sample is a simple random sample.
/// </para>
/// </summary>
public sealed partial class QueueHistory
{
    private readonly Dictionary<Stretch, SampledStretch> sampled = [];
    private readonly HashSet<Stretch> proposed = [];
    private readonly Population population;

    // Element r is the probability that a stretch is drawn neither in round r nor in a later round; element 0 is not
    // used.
    private readonly double[] missed;

    private QueueHistory(string folder, IReadOnlyList<QueueList> rounds, Population population)
    {
        (Folder, Rounds, this.population) = (folder, rounds, population);
        ProblemList problems = new();
        var drawn = Draws(problems);
        problems.ThrowIfAny();
        missed = new double[rounds.Count + 2];
        missed[rounds.Count + 1] = 1;
        for (var round = rounds.Count; round > 0; round--)
            missed[round] = missed[round + 1] * (1 - drawn[round - 1].Probability);
        Sample =
        [
            .. drawn.SelectMany(
                (draw, k) =>
                    draw.Stretches.Select(stretch => new SampledStretch(
                        stretch,
                        k + 1,
                        InclusionSince(1, stretch.Recording)
                    ))
            ),
        ];
        foreach (var one in Sample)
            sampled[one.Stretch] = one;
        foreach (var row in rounds.SelectMany(list => list.Rows))
            proposed.Add(row.Stretch);
    }

    /// <summary>The folder of the queues.</summary>
    public string Folder { get; }

    /// <summary>The queues in the order of the rounds; the last one is the current one.</summary>
    public IReadOnlyList<QueueList> Rounds { get; }

    /// <summary>All stretches that were drawn at random, in the order of the draws.</summary>
    public IReadOnlyList<SampledStretch> Sample { get; }

    /// <summary>
    /// Reads the queues of a folder. If the folder is missing or has no queues, the result has no rounds.
    /// </summary>
    /// <exception cref="AnnotationException">
    /// A queue or population.tsv has invalid rows, a queue is missing, the stretches that were drawn in one round have
    /// different inclusion probabilities, or a stretch was drawn in a round in which population.tsv does not list its
    /// recording.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static QueueHistory Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new QueueHistory(folder, [.. PathsIn(folder).Select(QueueList.Read)], Population.Read(folder));
    }

    /// <summary>
    /// The round and the inclusion probability of a stretch that was drawn at random; null for any other stretch.
    /// </summary>
    public SampledStretch? DrawOf(Stretch stretch) => sampled.GetValueOrDefault(stretch);

    /// <summary>
    /// The inclusion probability of a randomly drawn stretch, as stated in the queue of the round that drew it.
    /// </summary>
    internal double InclusionInItsRound(Stretch stretch) =>
        Rounds[sampled[stretch].Round - 1].Rows.First(row => row.Stretch == stretch && row.IsRandom).Inclusion!.Value;

    /// <summary>
    /// The probability that a stretch is drawn in a given round or later, if no earlier round drew it; 0 if its
    /// recording was not in the population of any of these rounds.
    /// </summary>
    /// <param name="firstRound">The first round that counts, from 1.</param>
    /// <param name="recording">The recording of the stretch.</param>
    internal double InclusionSince(int firstRound, string recording) =>
        population.RoundOf(recording) is { } round
            ? 1 - missed[Math.Min(Math.Max(round, firstRound), missed.Length - 1)]
            : 0;

    /// <summary>Whether a stretch is in the queue of any round.</summary>
    public bool HasProposed(Stretch stretch) => proposed.Contains(stretch);

    /// <summary>
    /// Adds recordings to population.tsv, renames next.tsv to next-N.tsv, where N is its round, and writes the queue of
    /// the next round as next.tsv.
    /// </summary>
    /// <param name="queue">The queue of the next round.</param>
    /// <param name="recordings">The names of the recordings whose stretches could be drawn for this queue.</param>
    /// <returns>The path of the new queue.</returns>
    /// <exception cref="IOException">
    /// Another process writes a queue in this folder or has written one since the history was read, or a file cannot be
    /// written. The earlier queues are kept.
    /// </exception>
    public string Write(QueueList queue, IEnumerable<string> recordings)
    {
        ArgumentNullException.ThrowIfNull(queue);
        using var turn = FolderLock.Try(Folder, "next.lock");
        if (turn.Outcome == LockOutcome.Unavailable)
            throw new IOException($"{Folder}: the folder cannot be written ({turn.Reason.TrimEnd('.')}).");
        if (turn.Outcome == LockOutcome.HeldElsewhere || PathsIn(Folder).Count != Rounds.Count)
            throw new IOException(
                $"{Folder}: another run of \"seddsl next\" changed the queues of this folder at the same time; run the command again."
            );
        // In this order, the recordings of all queues are in the population even after an interruption.
        population.With(recordings, Rounds.Count + 1).Write(Folder);
        var current = Path.Combine(Folder, QueueList.FileName);
        if (File.Exists(current))
            File.Move(current, PathOf(Folder, Rounds.Count));
        queue.Write(current);
        return current;
    }

    /// <summary>The paths of the queues of all rounds, in the order of the rounds.</summary>
    /// <exception cref="AnnotationException">A queue is missing.</exception>
    private static List<string> PathsIn(string folder)
    {
        List<string> paths = [];
        var numbers = Directory.Exists(folder)
            ? Directory
                .GetFiles(folder, "next-*.tsv")
                .Select(path => EarlierName().Match(Path.GetFileName(path)))
                .Where(match => match.Success)
                .Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
                .Order()
                .ToArray()
            : [];
        for (var k = 0; k < numbers.Length; k++)
        {
            if (numbers[k] != k + 1)
                throw new AnnotationException(
                    PathOf(folder, k + 1),
                    0,
                    $"the queue is missing, but {Path.GetFileName(PathOf(folder, numbers[k]))} exists",
                    "restore the missing queue; without it, the inclusion probabilities are unknown"
                );
            paths.Add(PathOf(folder, k + 1));
        }
        var current = Path.Combine(folder, QueueList.FileName);
        if (File.Exists(current))
            paths.Add(current);
        return paths;
    }

    private static string PathOf(string folder, int round) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"next-{round}.tsv"));

    /// <summary>
    /// For each round: the stretches that it drew at random, and their inclusion probability, which is 0 if the round
    /// drew none. A stretch that is in the queues of several rounds was drawn in the first of these rounds.
    /// </summary>
    private List<(double Probability, List<Stretch> Stretches)> Draws(ProblemList problems)
    {
        List<(double, List<Stretch>)> draws = [];
        HashSet<Stretch> known = [];
        foreach (var (k, queue) in Rounds.Index())
        {
            QueuedStretch[] own = [.. queue.Rows.Where(row => row.IsRandom && known.Add(row.Stretch))];
            foreach (var row in own.Where(row => row.Inclusion != own[0].Inclusion))
                problems.Add(
                    queue.Source,
                    0,
                    FormattableString.Invariant(
                        $"the inclusion probabilities {own[0].Inclusion} and {row.Inclusion} differ ({row.Stretch})"
                    ),
                    "all stretches that are drawn in a round have the same inclusion probability; restore the queue"
                );
            foreach (var row in own.DistinctBy(row => row.Stretch.Recording))
                if (population.RoundOf(row.Stretch.Recording) is not { } round || round > k + 1)
                    problems.Add(
                        queue.Source,
                        0,
                        $"a stretch of \"{row.Stretch.Recording}\" was drawn in this round, but {population.Source} does not list the recording for this round",
                        "restore population.tsv; without its rows, the inclusion probabilities are unknown"
                    );
            draws.Add((own.Length == 0 ? 0 : own[0].Inclusion!.Value, [.. own.Select(row => row.Stretch)]));
        }
        return draws;
    }

    [GeneratedRegex(@"^next-([1-9]\d{0,8})\.tsv$")]
    private static partial Regex EarlierName();
}
