using System.Runtime.InteropServices;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>Takes the rows of one list of scores, or of one after another, and makes a <see cref="ScoreList"/> of them.</summary>
internal sealed class ScoreListReading
{
    private readonly string source;
    private readonly string? onlyFile;
    private readonly ProblemList problems;
    private readonly List<(string File, FrameScores Scores)> files;
    private readonly HashSet<string> finished;
    private ClassList? classes;

    // The file whose rows are being read.
    private string? current;
    private readonly List<double> borders = [];
    private readonly List<double> rows = [];

    /// <param name="source">What the list is called in messages.</param>
    /// <param name="onlyFile">The file that the whole list is about; null when rows name their file.</param>
    /// <param name="before">The list read before this one, which it continues.</param>
    public ScoreListReading(string source, string? onlyFile, ScoreListReading? before = null)
    {
        this.source = source;
        this.onlyFile = onlyFile;
        problems = before?.problems ?? new ProblemList();
        files = before?.files ?? [];
        finished = before?.finished ?? new(StringComparer.Ordinal);
        classes = before?.classes;
    }

    private int FirstClass => onlyFile is null ? 3 : 2;

    public void Add(ReadOnlySpan<byte> text)
    {
        ListBytes.RequireText(text, source);
        var reader = new TabRows(text);
        if (!reader.Next() || !TakeHeader(reader))
        {
            if (problems.Count == 0)
                problems.Add(source, 0, "the list is empty; it needs a header and a row for every frame");
            return;
        }
        while (reader.Next())
            Add(reader);
        FinishFile();
    }

    public ScoreList Finish(string name)
    {
        problems.ThrowIfAny();
        return new ScoreList(classes!, files, name);
    }

    private bool TakeHeader(in TabRows row)
    {
        List<string> names = [];
        for (var k = 0; k < row.Count; k++)
            names.Add(Encoding.UTF8.GetString(row[k]));
        string[] expected = onlyFile is null ? ["filename", "onset", "offset"] : ["onset", "offset"];
        if (names.Count <= expected.Length || !names.Take(expected.Length).SequenceEqual(expected))
        {
            problems.Add(
                source,
                row.Line,
                $"the header must begin with {string.Join(", ", expected)} and then name the classes"
            );
            return false;
        }
        try
        {
            ClassList own = new(names.Skip(expected.Length));
            if (classes is not null && !classes.Equals(own))
                problems.Add(source, row.Line, $"the classes are {own}, but other lists have {classes}");
            classes ??= own;
            return true;
        }
        catch (ArgumentException problem)
        {
            problems.Add(source, row.Line, problem.Message);
            return false;
        }
    }

    private void Add(in TabRows row)
    {
        if (row.Count != FirstClass + classes!.Count)
        {
            problems.Add(
                source,
                row.Line,
                $"the row has {row.Count} fields where the header has {FirstClass + classes.Count}"
            );
            return;
        }
        if (
            !TextNumbers.TryRead(row[FirstClass - 2], out var onset)
            || !TextNumbers.TryRead(row[FirstClass - 1], out var offset)
        )
        {
            problems.Add(source, row.Line, "onset and offset must be numbers of seconds");
            return;
        }
        if (SoundEvent.TimeProblem(onset, offset) is { } cause)
        {
            problems.Add(source, row.Line, cause);
            return;
        }
        if (current is null || (onlyFile is null && !IsCurrent(row[0])))
            Begin(onlyFile ?? Encoding.UTF8.GetString(row[0]), onset, row.Line);
        if (offset <= onset)
            problems.Add(source, row.Line, "the frame has no length");
        else if (Math.Abs(onset - borders[^1]) > 1e-6)
            problems.Add(
                source,
                row.Line,
                FormattableString.Invariant(
                    $"the frame begins at {onset} s, but the one before it ends at {borders[^1]} s"
                )
            );
        borders[^1] = onset;
        borders.Add(offset);
        for (var k = 0; k < classes.Count; k++)
        {
            if (!TextNumbers.TryRead(row[FirstClass + k], out var score) || !double.IsFinite(score))
                problems.Add(
                    source,
                    row.Line,
                    $"the score of {classes[k]}, \"{Encoding.UTF8.GetString(row[FirstClass + k])}\", is not a finite number"
                );
            rows.Add(score);
        }
    }

    private byte[] currentBytes = [];

    private bool IsCurrent(ReadOnlySpan<byte> name) => name.SequenceEqual(currentBytes);

    private void Begin(string file, double onset, int line)
    {
        FinishFile();
        if (file.Length == 0)
            problems.Add(source, line, "the file name is missing");
        if (!finished.Add(file))
            problems.Add(source, line, $"rows of the file \"{file}\" come again after those of other files");
        current = file;
        currentBytes = Encoding.UTF8.GetBytes(file);
        borders.Add(onset);
    }

    private void FinishFile()
    {
        if (current is not null && problems.Count == 0)
        {
            var (frames, count) = (borders.Count - 1, classes!.Count);
            var turned = new double[rows.Count];
            var span = CollectionsMarshal.AsSpan(rows);
            for (var frame = 0; frame < frames; frame++)
            for (var k = 0; k < count; k++)
                turned[k * frames + frame] = span[frame * count + k];
            files.Add((current, new FrameScores([.. borders], turned)));
        }
        current = null;
        borders.Clear();
        rows.Clear();
    }
}
