using System.Text;

namespace Sed.Core.Annotations;

/// <summary>Builds a tag list from the rows of a text.</summary>
/// <param name="source">Name that messages use for the list.</param>
/// <param name="minimumConfidence">Minimum confidence of a tag, from 0 to 1; null for the default of 0.5.</param>
internal sealed class TagListReading(string source, double? minimumConfidence)
{
    private readonly NamePool files = new();
    private readonly NamePool labels = new();
    private readonly RowProblems problems = new(source);
    private readonly ListNotes notes = new(minimumConfidence);
    private readonly List<List<TagRow>> rows = [];
    private readonly Dictionary<string, List<(string Label, bool IsUnknown)>> notPresent = new(StringComparer.Ordinal);
    private readonly TagConfidences confidences = new();
    private ListColumns? header;
    private int headerFields;
    private bool isStarted;
    private bool isSegments;
    private bool isUnreadable;
    private bool isSplitAtSpace;
    private (string Name, string Label, int Line)? unnamed;
    private bool othersAreAudio = true;

    /// <summary>Whether a row can be the first row of a tag list.</summary>
    public static bool IsFirst(in ListRows row) =>
        ListColumns.IsHeader(row)
        || AudioSetSegments.Is(row)
        || (row.Count == 2 && AudioNames.HasExtension(row[0]) && !AudioNames.HasExtension(row[1]))
        || (row.Count == 4 && TextNumbers.LooksLikeANumber(row[1]) && TextNumbers.LooksLikeANumber(row[2]));

    public void Add(in ListRows row)
    {
        var isFirst = !isStarted;
        isStarted = true;
        if (isUnreadable)
            return;
        if (row.HasOpenQuote)
            problems.AddOpenQuote(row);
        else if (isFirst && ListColumns.IsHeader(row))
            AddHeader(row);
        else if (isFirst && AudioSetSegments.Is(row))
            AddFirstSegment(row);
        else if (header is not null)
            AddBelowHeader(row, header);
        else
            AddPlain(row, isFirst);
    }

    public TagList Finish()
    {
        if (unnamed is var (name, label, line) && othersAreAudio && files.Names.Count > 1)
            problems.Add(
                line,
                $"\"{name}\" and \"{label}\" look like column names, but are not known",
                $"name the file column {ListColumns.NamesOf(ColumnRole.File)}, and the label column {ListColumns.NamesOf(ColumnRole.Label)}"
            );
        problems.ThrowIfAny();
        List<string> found = [.. notes.Finish()];
        if (notes.AreCombined)
            Combine(found);
        if (confidences.Combined > 0)
            found.Add(Consensus.Note(confidences.Combined, files.Names.Count));
        if (isSplitAtSpace)
            found.Add(
                "fields with several labels are split at commas, even if a space follows; if each field contains only one label, name the column \"event_label\""
            );
        return new TagList(source, [.. files.Names], rows, files.Positions)
        {
            NotesWithoutSource = found,
            NotPresent = notPresent,
            Confidences = confidences.IsEmpty ? null : confidences,
        };
    }

    /// <summary>
    /// Adds a tag for each label whose mean confidence reaches the minimum. All other labels are absent, except labels
    /// that all annotators state to be unknown: these are unknown.
    /// </summary>
    /// <param name="found">
    /// Receives a note if the default minimum excludes labels of recordings with one annotator.
    /// </param>
    private void Combine(List<string> found)
    {
        var (left, single) = (0, 0);
        for (var file = 0; file < rows.Count; file++)
        {
            var hasOne = !confidences.HasSeveralAnnotators(files.Names[file]);
            foreach (var (label, confidence, line) in confidences.TagsOf(files.Names[file]))
            {
                var isPresent = confidence >= (minimumConfidence ?? EventList.DefaultMinimumConfidence);
                if (isPresent)
                    rows[file].Add(new TagRow(label, false, line));
                else
                    AddNotPresent(file, label, confidence is null);
                // Labels that are marked as not present have the confidence 0.
                if (hasOne && confidence > 0)
                    (left, single) = (left + (isPresent ? 0 : 1), single + 1);
            }
        }
        if (left > 0 && minimumConfidence is null)
            found.Add(ListNotes.BelowMinimum(left, single, "labels of recordings with one annotator"));
    }

    private void AddHeader(in ListRows row)
    {
        var before = problems.Count;
        var columns = problems.ColumnsOf(row);
        if (columns[ColumnRole.File] < 0)
            problems.AddMissing(row, columns, ColumnRole.File, "file names");
        var hasLabel = columns[ColumnRole.Label] >= 0 || columns[ColumnRole.Labels] >= 0;
        if (!hasLabel && row.CountWithoutEmptyEnd > 1)
            problems.AddMissing(row, columns, ColumnRole.Label, "labels");
        isUnreadable = problems.Count > before;
        header = columns;
        headerFields = row.CountWithoutEmptyEnd;
        notes.AddUnknown(columns.Unknown);
        notes.AreCombined = columns[ColumnRole.Annotator] >= 0;
    }

    private void AddFirstSegment(in ListRows row)
    {
        isSegments = row.Count == 4;
        if (isSegments)
            AddPlain(row, false);
        else
            problems.Add(
                row,
                $"{AudioSetSegments.Description}; its labels are separated by commas but also contain commas",
                "use the groundtruth_weak_label lists of DCASE 2017, or remove the column of labels, so that the identifiers are used"
            );
        isUnreadable = !isSegments;
    }

    private void AddBelowHeader(in ListRows row, ListColumns columns)
    {
        var count = row.CountWithoutEmptyEnd;
        if (count > headerFields || (row.Count < headerFields && row.Count > 1))
        {
            problems.Add(row, $"the row has {row.Count} fields, but the list has {headerFields}");
            return;
        }
        var several = columns[ColumnRole.Label] < 0;
        var label = several ? columns[ColumnRole.Labels] : columns[ColumnRole.Label];
        var file = row.Count == 1 ? 0 : columns[ColumnRole.File];
        var endIsZero = false;
        var (start, end) = (columns[ColumnRole.Onset], columns[ColumnRole.Offset]);
        if (row.Count > 1 && start >= 0 && end >= 0 && !CheckTimes(row, start, end, out endIsZero))
            return;
        var (confidence, presence) = (columns[ColumnRole.Confidence], columns[ColumnRole.Presence]);
        var isLabelled = row.Count > 1 && label >= 0 && !row[label].IsEmpty;
        var isUnknown = isLabelled && !several && presence >= 0 && row[presence].IsEmpty;
        if (isUnknown)
            notes.AddUnknownLabel();
        var counts =
            !isUnknown
            && (!isLabelled || (confidence < 0 && presence < 0) || notes.Counts(row, confidence, presence, problems));
        var annotator = AnnotatorOf(row, columns);
        AddLabels(
            row,
            file,
            isLabelled ? label : -1,
            several,
            new Statement(counts && annotator is null, endIsZero)
            {
                IsUnknown = !counts && !several && presence >= 0 && annotator is null ? isUnknown : null,
                Opinion =
                    annotator is not null || confidence >= 0
                        ? (annotator ?? "", isUnknown ? null : ConfidenceOf(row, confidence, presence))
                        : null,
            }
        );
    }

    /// <summary>The statement of a row about its labels.</summary>
    /// <param name="IsPresent">Whether the labels are tags of the file.</param>
    /// <param name="EndIsZero">Whether the row ends at 0 s (<see cref="TagRow.EndIsZero"/>).</param>
    private readonly record struct Statement(bool IsPresent, bool EndIsZero)
    {
        /// <summary>
        /// For labels that are not tags: whether they are unknown (true) or absent (false), if the list has a presence
        /// column, one label per row and no annotators. Otherwise null.
        /// </summary>
        public bool? IsUnknown { get; init; }

        /// <summary>
        /// The annotator and the confidence, in a list with annotators or confidences; otherwise null. The confidence
        /// of an unknown label is null.
        /// </summary>
        public (string Annotator, double? Confidence)? Opinion { get; init; }
    }

    /// <summary>The annotator of a row; null in a list without annotators.</summary>
    private static string? AnnotatorOf(in ListRows row, ListColumns columns) =>
        columns[ColumnRole.Annotator] is not (var field and >= 0) ? null
        : field < row.Count ? Encoding.UTF8.GetString(row[field])
        : "";

    private static double ConfidenceOf(in ListRows row, int confidence, int presence) =>
        presence >= 0 && presence < row.Count && ListNotes.Presence(row[presence]) == false ? 0
        : confidence >= 0 && confidence < row.Count && TextNumbers.TryRead(row[confidence], out var stated) ? stated
        : 1;

    private void AddNotPresent(int file, string label, bool isUnknown)
    {
        var name = files.Names[file];
        if (!notPresent.TryGetValue(name, out var stated))
            notPresent[name] = stated = [];
        stated.Add((label, isUnknown));
    }

    private void AddPlain(in ListRows row, bool isFirst)
    {
        var count = row.Count > 4 ? row.CountWithoutEmptyEnd : row.Count;
        if (count > 4)
        {
            problems.Add(
                row,
                $"the row has {row.Count} fields",
                "write 2 (file, label) or 4 (file, start, end, label)"
            );
            return;
        }
        var endIsZero = false;
        if (count >= 3 && !CheckTimes(row, 1, 2, out endIsZero))
            return;
        if (count == 1 && row[0].Contains((byte)','))
            problems.Add(row, $"\"{ListText.Shown(row[0])}\" is a single field", "separate fields by tabs");
        else
            AddLabels(
                row,
                0,
                count is 2 or 4 ? count - 1 : -1,
                isSegments,
                new Statement(true, count == 4 && endIsZero)
            );
        if (isFirst && count == 2 && !row[1].IsEmpty && !AudioNames.HasExtension(row[0]))
            unnamed = (ListText.Shown(row[0]), ListText.Shown(row[1]), row.Line);
        else if (unnamed is not null)
            othersAreAudio = othersAreAudio && AudioNames.HasExtension(row[0]);
    }

    private bool CheckTimes(in ListRows row, int startIndex, int endIndex, out bool endIsZero)
    {
        endIsZero = false;
        if (row[startIndex].IsEmpty && row[endIndex].IsEmpty)
            return true;
        if (
            !problems.IsNumber(row, startIndex, "start", out var start)
            || !problems.IsNumber(row, endIndex, "end", out var end)
        )
            return false;
        if (SoundEvent.TimeProblem(start, end, "start", "end") is { } problem)
        {
            problems.Add(row, problem);
            return false;
        }
        endIsZero = end == 0;
        return true;
    }

    private void AddLabels(in ListRows row, int fileIndex, int labelIndex, bool several, in Statement stated)
    {
        if (row[fileIndex].IsEmpty)
        {
            problems.Add(row, "the file name is missing");
            return;
        }
        var file = files.IndexOf(header is null ? row[fileIndex] : header.RecordingIn(row[fileIndex]));
        if (file < 0)
        {
            problems.Add(row, "the file name is not valid UTF-8 or contains a control character");
            return;
        }
        if (file == rows.Count)
            rows.Add([]);
        if (stated.Opinion is var (annotator, _))
            confidences.AddAnnotator(files.Names[file], annotator);
        var field = labelIndex < 0 ? [] : row[labelIndex];
        if (field.IsEmpty || !stated.IsPresent)
            rows[file].Add(new TagRow("", false, row.Line));
        if (field.IsEmpty)
            return;
        if (!several || (row.Separator != ',' && row.IsQuoted(labelIndex)))
            AddLabel(row, file, field, stated);
        else
            AddSeveral(row, file, field, stated);
    }

    /// <summary>
    /// Adds the labels of a field, which are separated by commas. Labels that contain commas are in quotes.
    /// </summary>
    private void AddSeveral(in ListRows row, int file, ReadOnlySpan<byte> field, in Statement stated)
    {
        isSplitAtSpace |= row.Separator == ',' && field.IndexOf(", "u8) >= 0;
        ListRows parts = new(field, ',');
        while (parts.Next())
        {
            if (parts.HasOpenQuote)
                problems.AddOpenQuote(row);
            for (var k = 0; k < parts.Count; k++)
                if (!parts[k].IsEmpty)
                    AddLabel(row, file, parts[k], stated);
        }
    }

    private void AddLabel(in ListRows row, int file, ReadOnlySpan<byte> name, in Statement stated)
    {
        if (labels.IndexOf(name) is not (var index and >= 0))
        {
            problems.Add(row, "the label is not valid UTF-8 or contains a control character");
            return;
        }
        var label = labels.Names[index];
        if (stated.IsPresent)
            rows[file].Add(new TagRow(label, stated.EndIsZero, row.Line));
        if (stated.IsUnknown is { } isUnknown)
            AddNotPresent(file, label, isUnknown);
        if (stated.Opinion is var (annotator, confidence))
            confidences.Add(files.Names[file], annotator, label, confidence, row.Line);
    }
}
