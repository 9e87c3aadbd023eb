using System.Text;
using System.Text.RegularExpressions;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// The columns of an event list, from its header or its first row. The index of an absent column is -1.
/// </summary>
/// <param name="Fields">Number of fields of a row.</param>
/// <param name="File">Index of the file name; -1 for a list of a single, unnamed recording.</param>
/// <param name="Onset">Index of the onset.</param>
/// <param name="Offset">Index of the offset.</param>
/// <param name="Label">Index of the label.</param>
internal sealed partial record EventColumns(int Fields, int File, int Onset, int Offset, int Label)
{
    /// <summary>Index of the duration, in lists that have durations instead of offsets.</summary>
    public int Duration { get; private init; } = -1;

    /// <summary>Index of the confidence, from 0 to 1.</summary>
    public int Confidence { get; private init; } = -1;

    /// <summary>Index of the presence (PRESENT or NOT_PRESENT).</summary>
    public int Presence { get; private init; } = -1;

    /// <summary>Index of the start within the file (Raven).</summary>
    public int FileOffset { get; private init; } = -1;

    /// <summary>Index of the selection number (Raven).</summary>
    public int Selection { get; private init; } = -1;

    /// <summary>Index of the view of a selection (Raven).</summary>
    public int View { get; private init; } = -1;

    /// <summary>Index of the channel.</summary>
    public int Channel { get; private init; } = -1;

    /// <summary>Index of the lower limit of the frequency range, in Hz.</summary>
    public int LowHz { get; private init; } = -1;

    /// <summary>Index of the upper limit of the frequency range, in Hz.</summary>
    public int HighHz { get; private init; } = -1;

    /// <summary>Index of the annotator.</summary>
    public int Annotator { get; private init; } = -1;

    /// <summary>
    /// Whether the file column contains paths on the annotator's machine; only their last part is used
    /// (<see cref="ListColumns.HasForeignPaths"/>).
    /// </summary>
    public bool HasForeignPaths { get; private init; }

    /// <summary>Whether rows have details of events.</summary>
    public bool HasDetails => Channel >= 0 || LowHz >= 0 || HighHz >= 0 || Confidence >= 0 || Annotator >= 0;

    /// <summary>Names of the columns that are not read.</summary>
    public IReadOnlyList<string> Unknown { get; private init; } = [];

    /// <summary>
    /// Determines the columns of a list without a header from its first row, which has one of these forms: "onset
    /// offset label", "onset offset label confidence", "file onset offset label", "file onset offset label confidence",
    /// "file scene onset offset label".
    /// </summary>
    /// <param name="row">The first row with more than one field.</param>
    /// <param name="problem">The reason that the row is ambiguous; null if it is not.</param>
    /// <returns>The columns; null if the row has none of these forms.</returns>
    public static EventColumns? Of(in ListRows row, out string? problem)
    {
        problem = null;
        var columns = Of(row, row.Count);
        if (columns is null && row.CountWithoutEmptyEnd is var count && count < row.Count)
            columns = Of(row, count);
        if (columns is null)
            return null;
        var isNamedByNumber = columns.File >= 0 && TextNumbers.TryRead(row[columns.File], out _);
        var isLabelNumber = TextNumbers.TryRead(row[columns.Label], out _);
        if (isNamedByNumber && (isLabelNumber || row.Separator == ','))
            problem = "the file name is a number, so the columns are ambiguous";
        else if (columns.Fields == 5 && isLabelNumber && TextNumbers.TryRead(row[1], out _))
            problem = "the row has four numbers, so the columns are ambiguous";
        return columns;
    }

    /// <summary>
    /// Returns the columns of a list without a header or confidences; null unless a row has 3 to 5 fields.
    /// </summary>
    public static EventColumns? Plain(int fields) =>
        fields switch
        {
            3 => new EventColumns(3, -1, 0, 1, 2),
            4 => new EventColumns(4, 0, 1, 2, 3),
            5 => new EventColumns(5, 0, 2, 3, 4),
            _ => null,
        };

    private static EventColumns? Of(in ListRows row, int count) =>
        count switch
        {
            3 when AreTimes(row, 0, 1) => new EventColumns(3, -1, 0, 1, 2),
            4 when AreTimes(row, 1, 2) => new EventColumns(4, 0, 1, 2, 3),
            4 when AreTimes(row, 0, 1) && IsLabelWithConfidence(row, 2) => new EventColumns(4, -1, 0, 1, 2)
            {
                Confidence = 3,
            },
            5 when AreTimes(row, 2, 3) => new EventColumns(5, 0, 2, 3, 4),
            5 when AreTimes(row, 1, 2) && IsLabelWithConfidence(row, 3) => new EventColumns(5, 0, 1, 2, 3)
            {
                Confidence = 4,
            },
            _ => null,
        };

    private static bool AreTimes(in ListRows row, int onset, int offset) =>
        row[onset].IsEmpty && row[offset].IsEmpty
        || TextNumbers.LooksLikeANumber(row[onset]) && TextNumbers.LooksLikeANumber(row[offset]);

    private static bool IsLabelWithConfidence(in ListRows row, int label) =>
        !TextNumbers.TryRead(row[label], out _) && TextNumbers.TryRead(row[label + 1], out _);

    /// <summary>Determines the columns of a list from its header.</summary>
    /// <param name="row">A header (<see cref="ListColumns.IsHeader"/>).</param>
    /// <param name="isOfRecording">
    /// Whether the list annotates a single recording. If not, a header with unknown columns but without a file column
    /// is a problem, except in Raven tables.
    /// </param>
    /// <param name="problems">Receives the reasons that the list cannot be read.</param>
    /// <returns>The columns; null if there is a problem, for example a missing column.</returns>
    public static EventColumns? OfHeader(in ListRows row, bool isOfRecording, RowProblems problems)
    {
        var before = problems.Count;
        var columns = problems.ColumnsOf(row);
        var offset = columns[ColumnRole.Offset];
        var isRaven = columns[ColumnRole.Selection] >= 0;
        if (columns[ColumnRole.File] < 0 && columns.Unknown.Count > 0 && !isRaven && !isOfRecording)
            problems.AddMissing(row, columns, ColumnRole.File, "file names");
        if (columns[ColumnRole.Onset] < 0)
            problems.AddMissing(row, columns, ColumnRole.Onset, "onsets", isRaven ? "Begin Time (s)" : null);
        if (offset < 0 && columns[ColumnRole.Duration] < 0)
            problems.AddMissing(row, columns, ColumnRole.Offset, "offsets", isRaven ? "End Time (s)" : null);
        var label = columns[ColumnRole.Label];
        var unknown = columns.Unknown;
        // Koogu writes the label of a selection into the column Tags, which never contains more than one label.
        if (label < 0 && isRaven)
            label = columns[ColumnRole.Labels];
        if (label < 0 && isRaven)
            (label, unknown) = AnnotationColumn(row, unknown);
        if (
            label < 0
            && columns[ColumnRole.Labels] >= 0
            && columns[ColumnRole.Onset] >= 0
            && columns[ColumnRole.File] >= 0
        )
            problems.Add(row, AudioSetSegments.Description, AudioSetSegments.Remedy);
        else if (label < 0 && columns[ColumnRole.Labels] >= 0)
            problems.Add(
                row,
                $"the column \"{Encoding.UTF8.GetString(row[columns[ColumnRole.Labels]])}\" has several labels per row, as in a list of tags",
                $"write one row for each event, and name the column {ListColumns.NamesOf(ColumnRole.Label)}"
            );
        else if (label < 0)
            problems.AddMissing(row, columns, ColumnRole.Label, "labels", isRaven ? "Annotation" : null);
        if (problems.Count > before)
            return null;
        return new EventColumns(
            row.CountWithoutEmptyEnd,
            columns[ColumnRole.File],
            columns[ColumnRole.Onset],
            offset,
            label
        )
        {
            Duration = offset < 0 ? columns[ColumnRole.Duration] : -1,
            Confidence = columns[ColumnRole.Confidence],
            Presence = columns[ColumnRole.Presence],
            FileOffset = columns[ColumnRole.FileOffset],
            Selection = columns[ColumnRole.Selection],
            View = columns[ColumnRole.View],
            Channel = columns[ColumnRole.Channel],
            LowHz = columns[ColumnRole.LowFrequency],
            HighHz = columns[ColumnRole.HighFrequency],
            Annotator = columns[ColumnRole.Annotator],
            HasForeignPaths = columns.HasForeignPaths,
            Unknown = unknown,
        };
    }

    /// <summary>
    /// Finds the label column of a Raven selection table in which the annotator chose the name of this column: the only
    /// unknown column that is not a measurement. The index is -1 if there is no such column or more than one.
    /// </summary>
    private static (int Label, IReadOnlyList<string> Unknown) AnnotationColumn(
        in ListRows header,
        IReadOnlyList<string> unknown
    )
    {
        string[] candidates = [.. unknown.Where(name => !Measurement().IsMatch(name))];
        for (var k = 0; k < header.Count && candidates.Length == 1; k++)
            if (Encoding.UTF8.GetString(header[k]) == candidates[0])
                return (k, [.. unknown.Where(name => name != candidates[0])]);
        return (-1, unknown);
    }

    // Names of Raven's measurements end with a unit. Measurements without a unit are listed here.
    [GeneratedRegex(
        @"\(|\b(samples?|path|file|date|time|hour|entropy|energy|power|amplitude|length|occupancy|score|sound|template|notes?|comments?)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Measurement();
}
