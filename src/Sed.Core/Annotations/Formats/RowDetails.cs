using System.Text;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Reads the details of events (<see cref="EventDetails"/>) from the rows of a list and stores them by the position of
/// the row.
/// </summary>
/// <param name="problems">
/// Receives a problem for each invalid value in a Raven selection table or in a frequency range of Audacity. In other
/// lists, invalid values are ignored.
/// </param>
internal sealed class RowDetails(RowProblems problems)
{
    private readonly Dictionary<int, EventDetails> details = [];

    /// <summary>True if no row has details.</summary>
    public bool IsEmpty => details.Count == 0;

    /// <summary>The details of a row; null if it has none.</summary>
    /// <param name="row">Position of the row among the rows that were read.</param>
    public EventDetails? this[int row] => details.GetValueOrDefault(row);

    /// <summary>Reads the details of a row.</summary>
    public void Add(int position, in ListRows row, EventColumns columns)
    {
        var isStrict = columns.Selection >= 0;
        var low = Number(row, columns.LowHz, "low frequency", isStrict);
        var high = Number(row, columns.HighHz, "high frequency", isStrict);
        if (isStrict && low > high)
            problems.Add(
                row,
                FormattableString.Invariant($"the high frequency of {high} Hz is below the low frequency of {low} Hz")
            );
        var channel = Number(row, columns.Channel, "channel", isStrict);
        if (isStrict && channel is { } number && (number < 0 || number != Math.Floor(number)))
            problems.Add(row, FormattableString.Invariant($"the channel {number} is not a non-negative integer"));
        // A selection in a waveform has no frequency range of its own.
        var hasRange = columns.View < 0 || !row[columns.View].StartsWith("Waveform"u8);
        details[position] = new EventDetails
        {
            LowHz = hasRange && low >= 0 ? low : null,
            HighHz = hasRange && high >= 0 ? high : null,
            Channel = channel is >= 0 and <= int.MaxValue ? (int)channel : null,
            Confidence = Number(row, columns.Confidence, "confidence", false),
            Annotator =
                columns.Annotator >= 0 && columns.Annotator < row.Count
                    ? Encoding.UTF8.GetString(row[columns.Annotator])
                    : null,
        };
    }

    /// <summary>
    /// Reads the frequency range that Audacity writes in the row below a label. A frequency of -1 means no limit.
    /// </summary>
    /// <param name="position">Position of the label's row; -1 if no label precedes the row.</param>
    /// <param name="row">The row with the range.</param>
    public void AddRange(int position, in ListRows row)
    {
        if (position < 0)
            problems.Add(row, "the frequency range has no label in the row above it");
        else if (row.Count != 3)
            problems.Add(
                row,
                $"the frequency range needs 2 numbers, but the row has {row.Count - 1}",
                "write a backslash, the low frequency and the high frequency, separated by tabs"
            );
        else if (
            problems.IsNumber(row, 1, "low frequency", out var low)
            && problems.IsNumber(row, 2, "high frequency", out var high)
        )
            details[position] = new EventDetails { LowHz = low >= 0 ? low : null, HighHz = high >= 0 ? high : null };
    }

    private double? Number(in ListRows row, int field, string name, bool isStrict)
    {
        if (field < 0 || field >= row.Count || row[field].IsEmpty)
            return null;
        var isNumber = TextNumbers.TryRead(row[field], out var value) && double.IsFinite(value);
        if (!isNumber && isStrict)
            problems.AddNotANumber(row, field, name);
        return isNumber ? value : null;
    }
}
