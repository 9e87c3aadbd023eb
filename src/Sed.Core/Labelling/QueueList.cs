using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling;

/// <summary>
/// A queue: the stretches that are proposed for annotation, in order. Its file is tab-separated with the header
/// "filename onset offset reason score inclusion". Onsets and offsets are in seconds; the score and the inclusion
/// probability may be empty (<see cref="QueuedStretch"/>). Immutable.
/// </summary>
public sealed class QueueList
{
    /// <summary>Name of the file of the current queue. Earlier queues have a number: next-1.tsv is the first one.</summary>
    public const string FileName = "next.tsv";

    private static readonly string[] columns = ["filename", "onset", "offset", "reason", "score", "inclusion"];

    private QueueList(string source, IReadOnlyList<QueuedStretch> rows) => (Source, Rows) = (source, rows);

    /// <summary>Path of the queue's file; for a queue without a file, its name in messages.</summary>
    public string Source { get; }

    /// <summary>The rows, in the order of the queue.</summary>
    public IReadOnlyList<QueuedStretch> Rows { get; }

    /// <summary>Creates a queue in memory.</summary>
    /// <exception cref="AnnotationException">A row is not valid, or two rows have the same stretch.</exception>
    public static QueueList Of(IEnumerable<QueuedStretch> rows, string source = "queue in memory")
    {
        ArgumentNullException.ThrowIfNull(rows);
        Reading reading = new(source);
        foreach (var row in rows)
            reading.Add(row, 0);
        return reading.Finish();
    }

    /// <summary>Reads a queue.</summary>
    /// <exception cref="AnnotationException">The queue has invalid rows; each is named with its line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static QueueList Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ListText.Read(path), path);
    }

    /// <summary>Reads a queue from UTF-8 text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Name of the queue in messages.</param>
    /// <exception cref="AnnotationException">The queue has invalid rows; each is named with its line.</exception>
    public static QueueList Parse(ReadOnlySpan<byte> text, string source)
    {
        ListText.RequireText(text, source);
        Reading reading = new(source);
        ListRows rows = new(text);
        if (!rows.Next())
            reading.AddNoHeader(1);
        else if (reading.AddHeader(rows))
            while (rows.Next())
                reading.Add(rows);
        return reading.Finish();
    }

    /// <summary>The text of the queue's file, from which <see cref="Parse"/> reads the same rows.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendJoin('\t', columns).Append('\n');
        foreach (var ((recording, onset, offset), reason, score, inclusion) in Rows)
            text.AppendJoin(
                    '\t',
                    ListNames.Field(recording),
                    TextNumbers.Of(onset),
                    TextNumbers.Of(offset),
                    ListNames.Field(reason),
                    score is { } own ? TextNumbers.Of(own) : "",
                    inclusion is { } probability ? TextNumbers.Of(probability) : ""
                )
                .Append('\n');
        return text.ToString();
    }

    /// <summary>Writes the queue to a file, atomically.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, ToString());

    private sealed class Reading(string source)
    {
        private readonly RowProblems problems = new(source);
        private readonly List<QueuedStretch> rows = [];
        private readonly HashSet<Stretch> stretches = [];
        private readonly int[] fields = new int[columns.Length];

        public void AddNoHeader(int line) =>
            problems.Add(line, "the list has no header", $"begin it with the columns {string.Join(", ", columns)}");

        /// <summary>Finds the columns of the header. Returns whether all required columns are present.</summary>
        public bool AddHeader(in ListRows header)
        {
            for (var k = 0; k < columns.Length; k++)
                fields[k] = header.IndexOf(columns[k]);
            var missing = columns.Where((_, k) => fields[k] < 0).ToArray();
            if (missing.Length == columns.Length)
                AddNoHeader(header.Line);
            else if (missing.Length > 0)
                problems.Add(
                    header,
                    $"the header has no column {string.Join(", ", missing)}",
                    $"a queue has the columns {string.Join(", ", columns)}, separated by tabs"
                );
            return missing.Length == 0;
        }

        public void Add(in ListRows row)
        {
            var before = problems.Count;
            if (row.HasOpenQuote)
                problems.AddOpenQuote(row);
            // The last two fields may be empty, and editors remove separators at the end of a line.
            else if (row.Count <= fields[..4].Max())
                problems.Add(
                    row,
                    $"the row has {row.Count} {(row.Count == 1 ? "field" : "fields")}",
                    $"write the fields {string.Join(", ", columns)}, separated by tabs"
                );
            else
            {
                problems.IsNumber(row, fields[1], columns[1], out var onset);
                problems.IsNumber(row, fields[2], columns[2], out var offset);
                var (score, inclusion) = (Optional(row, 4), Optional(row, 5));
                if (problems.Count == before)
                    Add(
                        new QueuedStretch(new Stretch(Text(row, 0), onset, offset), Text(row, 3), score, inclusion),
                        row.Line
                    );
            }
        }

        public void Add(QueuedStretch row, int line)
        {
            var (stretch, reason, score, inclusion) = row;
            if (stretch.Recording == "")
                problems.Add(line, "the file name is empty");
            else if (ListNames.ProblemOf(stretch.Recording) is { } name)
                problems.Add(line, name, "rename the recording");
            if (SoundEvent.TimeProblem(stretch.Onset, stretch.Offset) is { } time)
                problems.Add(line, time);
            else if (stretch.Onset == stretch.Offset)
                problems.Add(
                    line,
                    FormattableString.Invariant($"the stretch begins and ends at {stretch.Onset} s"),
                    "the offset must be after the onset"
                );
            if (reason == "" || ListNames.ProblemOf(reason) is not null)
                problems.Add(line, "the reason is not a word", "write a word, for example uncertain");
            if (score is { } own && !double.IsFinite(own))
                problems.Add(line, FormattableString.Invariant($"the score {own} is not finite"));
            if (inclusion is { } probability && !(probability > 0 && probability <= 1))
                problems.Add(
                    line,
                    FormattableString.Invariant($"the inclusion probability {probability} is not in (0, 1]"),
                    "leave the field empty for stretches that were not drawn at random"
                );
            else if (inclusion is null == (reason == QueuedStretch.RandomReason))
                problems.Add(
                    line,
                    inclusion is null
                        ? "the reason is random, but the row has no inclusion probability"
                        : $"the reason is {reason}, but the row has an inclusion probability",
                    "rows with the reason random need an inclusion probability; other rows must not have one"
                );
            if (!stretches.Add(stretch))
                problems.Add(line, $"the stretch {stretch} is already in an earlier row", "remove one of the rows");
            rows.Add(row);
        }

        public QueueList Finish()
        {
            problems.ThrowIfAny();
            return new QueueList(source, rows);
        }

        private string Text(in ListRows row, int column) => Encoding.UTF8.GetString(row[fields[column]]);

        private double? Optional(in ListRows row, int column)
        {
            var field = fields[column];
            if (field >= row.Count || row[field].IsEmpty)
                return null;
            problems.IsNumber(row, field, columns[column], out var value);
            return value;
        }
    }
}
