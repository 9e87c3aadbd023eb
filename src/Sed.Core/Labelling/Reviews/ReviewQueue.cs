using System.Text;
using Sed.Core.Annotations;

namespace Sed.Core.Labelling.Reviews;

/// <summary>Creates the ordered list of the stretches to review.</summary>
public static class ReviewQueue
{
    /// <summary>
    /// Maximum length of a stretch in seconds; the last stretch of a recording can be a tenth longer. Longer stretches of a
    /// list are divided into equal parts.
    /// </summary>
    public const double LongestSeconds = 60;

    // If the rest of a recording is shorter than this fraction of a stretch, it is added to the last stretch.
    private const double ShortestRest = 0.1;

    // Lengths from headers and in lists differ by rounding.
    private const double ToleranceSeconds = 0.5;

    /// <summary>
    /// All recordings, divided into stretches of the given length, but at most <see cref="LongestSeconds"/>.
    /// </summary>
    /// <param name="recordings">The recordings.</param>
    /// <param name="seconds">Length of a stretch in seconds, positive.</param>
    public static IReadOnlyList<ReviewItem> OfAll(IEnumerable<ReviewRecording> recordings, double seconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(seconds);
        var length = Math.Min(seconds, LongestSeconds);
        return
        [
            .. recordings.SelectMany(one =>
            {
                var count = Math.Max(1, (int)Math.Ceiling(one.Seconds / length - ShortestRest));
                return Enumerable
                    .Range(0, count)
                    .Select(k => new ReviewItem(
                        one,
                        Rounded(k * length),
                        k + 1 < count ? Rounded((k + 1) * length) : one.Seconds,
                        []
                    ));
            }),
        ];
    }

    /// <summary>
    /// Reads a list of stretches. Its header has the columns filename, onset and offset (in seconds) and can have other
    /// columns. The list has one row per stretch, in the order of the review.
    /// </summary>
    /// <param name="path">The list.</param>
    /// <param name="recordings">
    /// The recordings that the list can refer to. The list can omit their folders and extensions.
    /// </param>
    /// <exception cref="AnnotationException">The list has invalid rows; each is named with its line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<ReviewItem> Read(string path, IReadOnlyList<ReviewRecording> recordings)
    {
        var text = ListText.Read(path);
        ListText.RequireText(text, path);
        RowProblems problems = new(path);
        Names names = new(recordings);
        List<ReviewItem> items = [];
        ListColumns? columns = null;
        string[] header = [];
        var rows = ListRows.Open(text, ListColumns.IsHeader);
        while (rows.Next())
            if (columns is null)
            {
                columns = problems.ColumnsOf(rows);
                header = FieldsOf(rows);
                foreach (
                    var (role, content) in new[]
                    {
                        (ColumnRole.File, "file names"),
                        (ColumnRole.Onset, "onsets"),
                        (ColumnRole.Offset, "offsets"),
                    }
                )
                    if (columns[role] < 0)
                        problems.AddMissing(rows, columns, role, content);
                problems.ThrowIfAny();
            }
            else if (ItemOf(rows, columns, header, names, problems) is { } item)
                items.AddRange(Parts(item));
        if (items.Count == 0 && problems.Count == 0)
            problems.Add(0, "the list has no stretches", "write one row for each stretch: file name, onset and offset");
        problems.ThrowIfAny();
        return items;
    }

    /// <summary>Finds recordings by their names in a list.</summary>
    private sealed class Names(IReadOnlyList<ReviewRecording> recordings)
    {
        private readonly FileNames paths = new([.. recordings.Select(one => one.Name)]);
        private readonly ILookup<string, ReviewRecording> files = recordings.ToLookup(one =>
            AudioNames.StemOf(Path.GetFileName(one.Name))
        );

        internal ReviewRecording? Find(string name) =>
            paths.IndexOf(name.Replace('\\', '/')) is var k and >= 0 ? recordings[k]
            : files[AudioNames.StemOf(Path.GetFileName(name))].ToArray() is [var only] ? only
            : null;
    }

    private static ReviewItem? ItemOf(
        in ListRows row,
        ListColumns columns,
        string[] header,
        Names names,
        RowProblems problems
    )
    {
        var (file, onset, offset) = (columns[ColumnRole.File], columns[ColumnRole.Onset], columns[ColumnRole.Offset]);
        if (row.Count <= Math.Max(file, Math.Max(onset, offset)))
        {
            problems.Add(row, $"the row has {row.Count} fields, but needs a file name, an onset and an offset");
            return null;
        }
        if (
            !problems.IsNumber(row, onset, "onset", out var from)
            || !problems.IsNumber(row, offset, "offset", out var to)
        )
            return null;
        var name = Encoding.UTF8.GetString(columns.RecordingIn(row[file]));
        var recording = names.Find(name);
        var problem =
            SoundEvent.TimeProblem(from, to)
            ?? (
                recording is null ? $"the folder contains no readable recording \"{name}\", or several match the name"
                : to <= from ? FormattableString.Invariant($"the stretch from {from} s to {to} s is empty")
                : to > recording.Seconds + ToleranceSeconds || from >= recording.Seconds
                    ? FormattableString.Invariant(
                        $"the stretch ends at {to} s, but \"{name}\" has a length of {recording.Seconds:0.###} s"
                    )
                : null
            );
        if (problem is not null)
        {
            problems.Add(row, problem);
            return null;
        }
        var fields = FieldsOf(row);
        return new ReviewItem(
            recording!,
            from,
            Math.Min(to, recording!.Seconds),
            [
                .. header
                    .Zip(fields)
                    .Where((field, k) => k != file && k != onset && k != offset && field.Second != "")
                    .Select(field => KeyValuePair.Create(field.First, field.Second)),
            ]
        );
    }

    private static IEnumerable<ReviewItem> Parts(ReviewItem item)
    {
        var count = (int)Math.Ceiling((item.Offset - item.Onset) / LongestSeconds - 1e-6);
        if (count <= 1)
            return [item];
        var length = (item.Offset - item.Onset) / count;
        return Enumerable
            .Range(0, count)
            .Select(k =>
                item with
                {
                    Onset = Rounded(item.Onset + k * length),
                    Offset = k + 1 < count ? Rounded(item.Onset + (k + 1) * length) : item.Offset,
                }
            );
    }

    private static double Rounded(double seconds) => Math.Round(seconds, 3);

    private static string[] FieldsOf(in ListRows row)
    {
        var fields = new string[row.Count];
        for (var k = 0; k < fields.Length; k++)
            fields[k] = Encoding.UTF8.GetString(row[k]);
        return fields;
    }
}
