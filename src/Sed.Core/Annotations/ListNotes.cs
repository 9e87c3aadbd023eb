namespace Sed.Core.Annotations;

/// <summary>
/// Selects the rows of a list by confidence and by presence (PRESENT or NOT_PRESENT). Collects notes about excluded
/// rows and unused columns.
/// </summary>
/// <param name="minimumConfidence">
/// Minimum confidence of a row, from 0 to 1. If null, the default of 0.5 applies, and a note reports the excluded rows.
/// </param>
internal sealed class ListNotes(double? minimumConfidence)
{
    private const string Between = ", ";

    private IReadOnlyList<string> unknown = [];
    private int rows;
    private int belowConfidence;
    private int notPresent;
    private int unknownLabels;
    private bool hasConfidence;

    /// <summary>
    /// Whether the list has annotators. The minimum confidence then applies to the mean over the annotators of a
    /// recording, and single rows are not excluded by it. Default false.
    /// </summary>
    public bool AreCombined { get; set; }

    /// <summary>Whether at least one row is marked as not present.</summary>
    public bool HasNotPresent => notPresent > 0;

    /// <summary>Sets the names of the columns that are not read. A note reports them.</summary>
    public void AddUnknown(IReadOnlyList<string> columns) => unknown = columns;

    /// <summary>Whether a row is used. Counts the row and, if it is not used, the reason.</summary>
    /// <param name="row">The row.</param>
    /// <param name="confidence">Index of the confidence column; -1 if the list has none.</param>
    /// <param name="presence">Index of the presence column; -1 if the list has none.</param>
    /// <param name="problems">
    /// Receives a problem for each invalid value. A row with an invalid value is not used.
    /// </param>
    public bool Counts(in ListRows row, int confidence, int presence, RowProblems problems)
    {
        rows++;
        hasConfidence |= confidence >= 0;
        var isPresent = presence < 0 ? true : Presence(row[presence]);
        if (isPresent is null)
            problems.Add(
                row,
                $"the presence value \"{ListText.Shown(row[presence])}\" is neither PRESENT nor NOT_PRESENT"
            );
        var value = 1.0;
        if (confidence >= 0 && !IsConfidence(row[confidence], out value))
            problems.Add(
                row,
                $"the confidence \"{ListText.Shown(row[confidence])}\" is not a number from 0 to 1",
                TextNumbers.Remedy(row[confidence])
            );
        else if (isPresent == false)
            notPresent++;
        else if (isPresent == true)
        {
            if (confidence < 0 || AreCombined || value >= (minimumConfidence ?? EventList.DefaultMinimumConfidence))
                return true;
            belowConfidence++;
        }
        return false;
    }

    /// <summary>Counts a row with an empty presence field: it is unknown whether its label applies.</summary>
    public void AddUnknownLabel()
    {
        rows++;
        unknownLabels++;
    }

    /// <summary>The notes about excluded rows and unused columns, without the name of the list.</summary>
    public IReadOnlyList<string> Finish()
    {
        List<string> notes = [];
        if (unknown.Count > 0)
            notes.Add(UnusedColumns(unknown));
        // A minimum that the caller has set is not reported.
        if (hasConfidence && minimumConfidence is null && !AreCombined)
            notes.Add(BelowMinimum(belowConfidence, rows, "rows"));
        if (notPresent > 0)
            notes.Add(
                FormattableString.Invariant($"{notPresent} of {rows} rows are marked as not present and are left out")
            );
        if (unknownLabels > 0)
            notes.Add(
                FormattableString.Invariant(
                    $"{unknownLabels} of {rows} rows have an empty presence field, so it is unknown whether their labels apply"
                )
            );
        return notes;
    }

    /// <summary>The note about rows, events or labels below the default minimum confidence.</summary>
    /// <param name="left">Number of rows, events or labels below the minimum.</param>
    /// <param name="all">Number of all rows, events or labels.</param>
    /// <param name="what">What is counted, in the plural, for example "rows".</param>
    public static string BelowMinimum(int left, int all, string what) =>
        FormattableString.Invariant(
            $"{left} of {all} {what} have a confidence below {EventList.DefaultMinimumConfidence} and are left out"
        );

    /// <summary>Removes a column from the notes about unused columns.</summary>
    /// <param name="notes">The notes.</param>
    /// <param name="prefix">
    /// Text at the start of each note of the list: the name of the list and a colon, or empty.
    /// </param>
    /// <param name="column">Name of the column, as in the list's header.</param>
    public static IEnumerable<string> WithoutColumn(IEnumerable<string> notes, string prefix, string column)
    {
        var start = $"{prefix}{UnusedColumns([])}";
        foreach (var note in notes)
        {
            if (!note.StartsWith(start, StringComparison.Ordinal))
            {
                yield return note;
                continue;
            }
            string[] others = [.. note[start.Length..].Split(Between).Where(name => name != column)];
            if (others.Length > 0)
                yield return $"{prefix}{UnusedColumns(others)}";
        }
    }

    private static string UnusedColumns(IReadOnlyList<string> columns) =>
        $"unused columns: {string.Join(Between, columns)}";

    private static bool IsConfidence(ReadOnlySpan<byte> field, out double value) =>
        TextNumbers.TryRead(field, out value) && value is >= 0 and <= 1;

    /// <summary>
    /// True if a presence field states that the label applies, false if it states that the label does not apply; null
    /// for other values.
    /// </summary>
    internal static bool? Presence(ReadOnlySpan<byte> field) =>
        System.Text.Encoding.UTF8.GetString(field).ToLowerInvariant() switch
        {
            "present" or "1" or "true" or "yes" => true,
            "not_present" or "not present" or "absent" or "0" or "false" or "no" => false,
            _ => null,
        };
}
