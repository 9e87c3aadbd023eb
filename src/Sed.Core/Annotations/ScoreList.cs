using System.Collections.Immutable;

namespace Sed.Core.Annotations;

/// <summary>The frame scores of many files, for the same classes. Immutable; files keep their order.</summary>
public sealed class ScoreList
{
    private readonly FrameScores[] scores;
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);

    /// <summary>A list of these files.</summary>
    /// <param name="classes">The classes that every file has scores for.</param>
    /// <param name="files">Distinct file names, each with its scores.</param>
    /// <param name="source">What the list is called in messages.</param>
    /// <exception cref="AnnotationException">A file is given twice.</exception>
    public ScoreList(
        ClassList classes,
        IEnumerable<(string File, FrameScores Scores)> files,
        string source = "scores in memory"
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(files);
        Classes = classes;
        Source = source;
        List<string> names = [];
        List<FrameScores> all = [];
        ProblemList problems = new();
        foreach (var (file, own) in files)
        {
            if (!positions.TryAdd(file, names.Count))
                problems.Add(source, 0, $"the file \"{file}\" is given twice");
            names.Add(file);
            all.Add(own);
        }
        problems.ThrowIfAny();
        Files = [.. names];
        scores = [.. all];
    }

    /// <summary>The classes, in the order of the scores.</summary>
    public ClassList Classes { get; }

    /// <summary>The path the list was read from, or what it is called in messages.</summary>
    public string Source { get; }

    /// <summary>The files, in the order in which they were named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>The scores of the file at this position of <see cref="Files"/>.</summary>
    public FrameScores this[int file] => scores[file];

    /// <summary>The position of a file in <see cref="Files"/>, or -1 when the list does not name it.</summary>
    public int IndexOf(string file) => positions.TryGetValue(file, out var index) ? index : -1;

    /// <summary>
    /// The events at one threshold: frames whose score lies above it, joined where they follow each other (no smoothing).
    /// </summary>
    public EventList EventsAbove(double threshold) =>
        EventList.Of(
            Files.Select((file, k) => (file, (IReadOnlyList<SoundEvent>)Above(scores[k], threshold))),
            FormattableString.Invariant($"{Source}, above {threshold}")
        );

    private List<SoundEvent> Above(FrameScores own, double threshold)
    {
        List<SoundEvent> events = [];
        for (var k = 0; k < Classes.Count; k++)
        {
            var row = own.Of(k);
            for (var frame = 0; frame < row.Length; frame++)
            {
                if (!(row[frame] > threshold))
                    continue;
                var onset = own.Borders[frame];
                while (frame + 1 < row.Length && row[frame + 1] > threshold)
                    frame++;
                events.Add(new SoundEvent(onset, own.Borders[frame + 1], Classes[k]));
            }
        }
        return events;
    }
}
