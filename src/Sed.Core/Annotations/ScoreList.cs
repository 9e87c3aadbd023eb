using System.Collections.Immutable;
using System.Numerics;

namespace Sed.Core.Annotations;

/// <summary>Frame scores of many files for the same classes. Immutable; files keep their order.</summary>
public sealed class ScoreList
{
    private readonly FrameScores[] scores;
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);

    /// <summary>Creates a list in memory.</summary>
    /// <param name="classes">The classes of the scores.</param>
    /// <param name="files">Distinct file names with their scores.</param>
    /// <param name="source">Name that messages use for the list.</param>
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

    /// <summary>
    /// Reads frame scores from one list or from a folder of lists. The header of a single list contains filename,
    /// onset, offset and the names of the classes. A folder has one list per file, named after the file, with onset,
    /// offset and the names of the classes in the header (as in sed_scores_eval; Ebbers et al. 2022). Fields are
    /// separated by tabs, commas or semicolons. The frames of a file are consecutive.
    /// </summary>
    /// <param name="path">The list or folder.</param>
    /// <exception cref="AnnotationException">
    /// Rows are invalid. The exception lists them with their line numbers.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ScoreList Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Directory.Exists(path) ? ScoreListReading.ReadFolder(path) : Parse(ListText.Read(path), path);
    }

    /// <summary>Reads one list of scores from UTF-8 text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Name that messages use for the list.</param>
    /// <exception cref="AnnotationException">
    /// Rows are invalid. The exception lists them with their line numbers.
    /// </exception>
    public static ScoreList Parse(ReadOnlySpan<byte> text, string source)
    {
        ScoreListReading reading = new(source, null);
        reading.Add(text);
        return reading.Finish(source);
    }

    /// <summary>The classes in the order of the scores.</summary>
    public ClassList Classes { get; }

    /// <summary>Path of the list, or the name that messages use for it.</summary>
    public string Source { get; }

    /// <summary>The files in the order in which they are named.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>The scores of the file at a position of <see cref="Files"/>.</summary>
    public FrameScores this[int file] => scores[file];

    /// <summary>
    /// Selects the scores of the given classes, in the order of <see cref="Classes"/>. Classes without scores are
    /// ignored.
    /// </summary>
    /// <param name="classes">The classes to keep.</param>
    /// <exception cref="AnnotationException">None of the given classes has scores.</exception>
    public ScoreList OfClasses(ClassList classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        int[] kept = [.. Enumerable.Range(0, Classes.Count).Where(k => classes.IndexOf(Classes[k]) >= 0)];
        if (kept.Length == Classes.Count)
            return this;
        if (kept.Length == 0)
            throw new AnnotationException(
                Source,
                0,
                $"none of the classes in this list ({string.Join("; ", Classes)}) is one of the classes to evaluate ({string.Join("; ", classes)})"
            );
        return new ScoreList(
            new ClassList(kept.Select(k => Classes[k])),
            Files.Select((file, k) => (file, scores[k].OfClasses(kept))),
            Source
        );
    }

    /// <summary>The position of a file in <see cref="Files"/>, or -1 if the list does not name it.</summary>
    public int IndexOf(string file) => positions.TryGetValue(file, out var index) ? index : -1;
}

/// <summary>Scores of one file, one per class and frame. Immutable; frames are consecutive.</summary>
public sealed class FrameScores
{
    private readonly double[] borders;
    private readonly double[] scores;

    /// <param name="borders">Start of each frame, followed by the end of the last one, in seconds.</param>
    /// <param name="scores">Scores, shape (classes, frames).</param>
    internal FrameScores(double[] borders, double[] scores)
    {
        this.borders = borders;
        this.scores = scores;
    }

    /// <summary>Creates the scores of one clip from the output of a network.</summary>
    /// <param name="scores">Scores, shape (frames, classes); finite.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="hopSeconds">Length of a frame in seconds.</param>
    /// <exception cref="ArgumentException">
    /// The number of scores is zero or not a multiple of the number of classes, a score is not finite, or the length of
    /// a frame is not positive and finite.
    /// </exception>
    public static FrameScores Of(ReadOnlySpan<float> scores, int classes, double hopSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (scores.Length == 0 || scores.Length % classes != 0)
            throw new ArgumentException(
                $"{scores.Length} scores are not a whole number of frames with {classes} classes.",
                nameof(scores)
            );
        if (!(hopSeconds > 0) || double.IsInfinity(hopSeconds))
            throw new ArgumentException(
                FormattableString.Invariant($"The length of a frame must be positive, was {hopSeconds} s."),
                nameof(hopSeconds)
            );
        var frames = scores.Length / classes;
        var transposed = new double[scores.Length];
        for (var frame = 0; frame < frames; frame++)
        for (var k = 0; k < classes; k++)
        {
            var score = scores[frame * classes + k];
            if (!float.IsFinite(score))
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"The scores must be finite, but class {k} has {score} in frame {frame}."
                    ),
                    nameof(scores)
                );
            transposed[k * frames + frame] = score;
        }
        var borders = new double[frames + 1];
        for (var frame = 0; frame <= frames; frame++)
            borders[frame] = frame * hopSeconds;
        return new FrameScores(borders, transposed);
    }

    /// <summary>Number of frames, at least 1.</summary>
    public int Frames => borders.Length - 1;

    /// <summary>Start of each frame in seconds, increasing, followed by the end of the last frame.</summary>
    public ReadOnlySpan<double> Borders => borders;

    /// <summary>The scores of a class, one per frame.</summary>
    public ReadOnlySpan<double> Of(int classIndex) => scores.AsSpan(classIndex * Frames, Frames);

    /// <summary>The scores of some classes, in the given order.</summary>
    internal FrameScores OfClasses(IEnumerable<int> classIndices) =>
        new(borders, [.. classIndices.SelectMany(k => Of(k).ToArray())]);

    /// <summary>The largest score of a class.</summary>
    public double Largest(int classIndex)
    {
        var row = Of(classIndex);
        var frame = 0;
        var largest = double.NegativeInfinity;
        if (row.Length >= Vector<double>.Count)
        {
            var lanes = new Vector<double>(largest);
            for (; frame <= row.Length - Vector<double>.Count; frame += Vector<double>.Count)
                lanes = Vector.Max(lanes, new Vector<double>(row[frame..]));
            for (var lane = 0; lane < Vector<double>.Count; lane++)
                largest = Math.Max(largest, lanes[lane]);
        }
        for (; frame < row.Length; frame++)
            largest = Math.Max(largest, row[frame]);
        return largest;
    }
}
