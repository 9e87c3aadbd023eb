using System.Runtime.InteropServices;
using System.Text;

namespace Sed.Core.Annotations;

/// <summary>Builds a <see cref="ScoreList"/> from the rows of one or several lists.</summary>
internal sealed class ScoreListReading
{
    private readonly string source;
    private readonly string? onlyFile;
    private readonly RowProblems problems;
    private readonly List<(string File, FrameScores Scores)> files;
    private readonly HashSet<string> finished;
    private ClassList? classes;

    // State of the file whose rows are being read.
    private string? current;
    private byte[] currentBytes = [];
    private readonly List<double> borders = [];
    private readonly List<double> rows = [];

    /// <param name="source">Name that messages use for the list.</param>
    /// <param name="onlyFile">The file that all rows belong to; null if each row names its file.</param>
    /// <param name="before">
    /// The reader of the preceding list, which this reader continues; null for the first list.
    /// </param>
    public ScoreListReading(string source, string? onlyFile, ScoreListReading? before = null)
    {
        this.source = source;
        this.onlyFile = onlyFile;
        problems = new(source, before?.problems);
        files = before?.files ?? [];
        finished = before?.finished ?? new(StringComparer.Ordinal);
        classes = before?.classes;
    }

    /// <summary>Reads the lists (*.tsv) of a folder in ordinal order of their names.</summary>
    public static ScoreList ReadFolder(string folder)
    {
        var paths = Directory.GetFiles(folder, "*.tsv");
        Array.Sort(paths, StringComparer.Ordinal);
        if (paths.Length == 0)
            throw new AnnotationException(folder, 0, "the folder has no list of scores (*.tsv)");
        ScoreListReading? all = null;
        foreach (var path in paths)
        {
            if (new FileInfo(path) is { Exists: true, Length: 0 })
                throw new AnnotationException(path, 0, "the list is empty, or it is a pipe or a device");
            ScoreListReading reading = new(path, Path.GetFileNameWithoutExtension(path), all);
            reading.Add(ListText.Read(path));
            all = reading;
        }
        return all!.Finish(folder);
    }

    private int FirstClass => onlyFile is null ? 3 : 2;

    public void Add(ReadOnlySpan<byte> text)
    {
        ListText.RequireText(text, source);
        var reader = ListRows.Open(text, IsHeader);
        if (!reader.Next() || !AddHeader(reader))
        {
            if (problems.Count == 0)
                problems.Add(0, "the list is empty", "write a header and one row per frame");
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

    private bool AddHeader(in ListRows row)
    {
        string[] expected = onlyFile is null ? ["filename", "onset", "offset"] : ["onset", "offset"];
        if (!IsHeader(row))
        {
            problems.Add(
                row,
                "this is not a header of a score list",
                $"write {string.Join(", ", expected)} and the classes, separated by tabs"
            );
            return false;
        }
        List<string> names = [];
        for (var k = 0; k < row.CountWithoutEmptyEnd; k++)
            names.Add(Encoding.UTF8.GetString(row[k]));
        try
        {
            ClassList own = new(names.Skip(expected.Length));
            if (classes is not null && !classes.Equals(own))
                problems.Add(row, $"the classes are {own}, but the classes of other lists are {classes}");
            classes ??= own;
            return true;
        }
        catch (ArgumentException problem)
        {
            problems.Add(row, problem.Message);
            return false;
        }
    }

    /// <summary>Whether a row is a header: column names for file, onset and offset, followed by the classes.</summary>
    private bool IsHeader(in ListRows row) =>
        row.Count > FirstClass
        && (onlyFile is not null || ListColumns.RoleOf(row[0]) == ColumnRole.File)
        && ListColumns.RoleOf(row[FirstClass - 2]) == ColumnRole.Onset
        && ListColumns.RoleOf(row[FirstClass - 1]) == ColumnRole.Offset;

    private void Add(in ListRows row)
    {
        if (row.HasOpenQuote)
        {
            problems.AddOpenQuote(row);
            return;
        }
        if (row.Count != FirstClass + classes!.Count && row.CountWithoutEmptyEnd != FirstClass + classes.Count)
        {
            problems.Add(row, $"the row has {row.Count} fields, but the header has {FirstClass + classes.Count}");
            return;
        }
        if (
            !TextNumbers.TryRead(row[FirstClass - 2], out var onset)
            || !TextNumbers.TryRead(row[FirstClass - 1], out var offset)
        )
        {
            var remedy = TextNumbers.Remedy(row[FirstClass - 2]);
            problems.Add(
                row,
                "onset and offset must be times in seconds",
                remedy == "" ? TextNumbers.Remedy(row[FirstClass - 1]) : remedy
            );
            return;
        }
        if (SoundEvent.TimeProblem(onset, offset) is { } cause)
        {
            problems.Add(row, cause);
            return;
        }
        if (current is null || (onlyFile is null && !row[0].SequenceEqual(currentBytes)))
            Begin(onlyFile ?? Encoding.UTF8.GetString(row[0]), onset, row.Line);
        if (offset <= onset)
            problems.Add(row, "the frame has a duration of 0 s", "write an offset that is later than the onset");
        else if (Math.Abs(onset - borders[^1]) > 1e-6)
            problems.Add(
                row,
                FormattableString.Invariant(
                    $"the frame begins at {onset} s, but the preceding frame ends at {borders[^1]} s"
                )
            );
        borders[^1] = onset;
        borders.Add(offset);
        for (var k = 0; k < classes.Count; k++)
        {
            if (!TextNumbers.TryRead(row[FirstClass + k], out var score) || !double.IsFinite(score))
                problems.Add(
                    row,
                    $"the score of {classes[k]}, \"{ListText.Shown(row[FirstClass + k])}\", is not a finite number",
                    TextNumbers.Remedy(row[FirstClass + k])
                );
            rows.Add(score);
        }
    }

    private void Begin(string file, double onset, int line)
    {
        FinishFile();
        if (file.Length == 0)
            problems.Add(line, "the file name is missing");
        if (!finished.Add(file))
            problems.Add(line, $"the rows of the file \"{file}\" are not consecutive");
        current = file;
        currentBytes = Encoding.UTF8.GetBytes(file);
        borders.Add(onset);
    }

    private void FinishFile()
    {
        if (current is not null && problems.Count == 0)
        {
            var (frames, count) = (borders.Count - 1, classes!.Count);
            var transposed = new double[rows.Count];
            var span = CollectionsMarshal.AsSpan(rows);
            for (var frame = 0; frame < frames; frame++)
            for (var k = 0; k < count; k++)
                transposed[k * frames + frame] = span[frame * count + k];
            files.Add((current, new FrameScores([.. borders], transposed)));
        }
        current = null;
        borders.Clear();
        rows.Clear();
    }
}
