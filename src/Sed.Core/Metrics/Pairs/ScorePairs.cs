using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Pairs;

/// <summary>
/// Frame scores and reference events, file by file and class by class, checked for consistency. The scores determine
/// the files: a file that is missing from the reference has no events. Reference rows "0 0 label", which give no time,
/// are left out.
/// </summary>
public sealed class ScorePairs
{
    // Events by file and class, sorted by onset; null if there are none.
    private readonly CodedEvent[]?[,] events;

    // Name of each file in the reference; null if the file is missing from the reference.
    private readonly string?[] referenceFiles;
    private KnownTimes? known;

    private ScorePairs(
        ScoreList scores,
        CodedEvent[]?[,] events,
        string?[] referenceFiles,
        ImmutableArray<double> seconds
    )
    {
        Scores = scores;
        this.events = events;
        this.referenceFiles = referenceFiles;
        Seconds = seconds;
    }

    /// <summary>
    /// Pairs scores with a reference by file name. A name without an exact match is compared without its audio
    /// extension. If there is still no match, the prefix Y is added to the name in the reference (if the names of all
    /// scored files begin with Y) or removed from it (if none does).
    /// </summary>
    /// <param name="scores">The frame scores of a system.</param>
    /// <param name="reference">The reference events.</param>
    /// <param name="durations">Length of each file. Default: the end of its last frame.</param>
    /// <param name="known">
    /// The annotated times of the reference, by file name of the reference and class of the scores. Default: all times.
    /// </param>
    /// <exception cref="AnnotationException">
    /// A label is not among the scored classes, a file of the reference has no scores, two files of the reference match
    /// the scores of the same file, or a file has no duration.
    /// </exception>
    public static ScorePairs Of(
        ScoreList scores,
        EventList reference,
        Durations? durations = null,
        KnownTimes? known = null
    )
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(reference);
        ProblemList problems = new();
        ForeignLabels foreign = new(scores.Classes, problems);
        FileNames names = new(scores.Files);
        var taken = new string?[scores.Files.Length];
        var lists = new List<CodedEvent>?[scores.Files.Length, scores.Classes.Count];
        for (var file = 0; file < reference.Files.Length; file++)
        {
            var scored = names.IndexOf(reference.Files[file]);
            if (scored < 0)
                problems.Add(
                    scores.Source,
                    0,
                    $"there are no scores for the file \"{reference.Files[file]}\" of {reference.Source}"
                );
            else if (taken[scored] is { } other)
                problems.Add(
                    reference.Source,
                    0,
                    $"the files \"{other}\" and \"{reference.Files[file]}\" both match the scores of \"{scores.Files[scored]}\""
                );
            else
                taken[scored] = reference.Files[file];
            var sounds = reference.EventsAt(file);
            for (var k = 0; k < sounds.Length; k++)
            {
                var index = scores.Classes.IndexOf(sounds[k].Label);
                if (index < 0)
                    foreign.Add(reference.Source, reference.SourceAt(file), reference.LineOf(file, k), sounds[k].Label);
                else if (scored >= 0 && !sounds[k].IsUnlocated)
                    (lists[scored, index] ??= []).Add(new CodedEvent(sounds[k].Onset, sounds[k].Offset, index));
            }
        }
        foreign.Report();
        var seconds = scores
            .Files.Select((file, k) => LengthOf(file, scores[k], durations, problems))
            .ToImmutableArray();
        problems.ThrowIfAny();
        return new ScorePairs(scores, Sorted(lists), taken, seconds) { known = known };
    }

    /// <summary>The frame scores.</summary>
    public ScoreList Scores { get; }

    /// <summary>The classes, in the order of the scores.</summary>
    public ClassList Classes => Scores.Classes;

    /// <summary>Number of files.</summary>
    public int Count => Scores.Files.Length;

    /// <summary>The length of each file in seconds.</summary>
    public ImmutableArray<double> Seconds { get; }

    /// <summary>Whether all classes are annotated at all times in every file.</summary>
    internal bool IsFullyKnown => known is null;

    /// <summary>The times at which the events of a class are annotated in a file.</summary>
    internal KnownSpans KnownOf(int file, int classIndex) =>
        known is not null && referenceFiles[file] is { } name ? known[name, classIndex] : KnownSpans.Always;

    /// <summary>The annotated time of a class in a file: how long its events are annotated, in seconds.</summary>
    internal double KnownSecondsOf(int file, int classIndex) =>
        KnownOf(file, classIndex) is { IsAlways: false } spans ? spans.SecondsIn(0, Seconds[file]) : Seconds[file];

    /// <summary>The events of a class in a file, ordered by onset.</summary>
    internal ReadOnlySpan<CodedEvent> EventsOf(int file, int classIndex) => events[file, classIndex];

    private static double LengthOf(string file, FrameScores scores, Durations? durations, ProblemList problems)
    {
        if (durations is null)
            return scores.Borders[^1];
        if (durations.Of(file) is { } given)
            return given;
        problems.Add(durations.Source, 0, $"there is no length for the scored file \"{file}\"");
        return 0;
    }

    private static CodedEvent[]?[,] Sorted(List<CodedEvent>?[,] lists)
    {
        var sorted = new CodedEvent[]?[lists.GetLength(0), lists.GetLength(1)];
        for (var file = 0; file < lists.GetLength(0); file++)
        for (var k = 0; k < lists.GetLength(1); k++)
            sorted[file, k] = lists[file, k]?.OrderBy(sound => sound.Onset).ToArray();
        return sorted;
    }
}
