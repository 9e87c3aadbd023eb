using System.Globalization;

namespace Sed.Core.Annotations;

/// <summary>Selects the rows of a list by their labels, and counts the rows that are left out.</summary>
/// <param name="classes">The classes that are kept.</param>
internal sealed class LeftOutLabels(ClassList classes)
{
    private const int MaxShown = 10;

    private readonly List<string> labels = [];
    private int count;

    /// <summary>
    /// A note with the number of rows that are left out, and their labels; null if no row is left out.
    /// </summary>
    public string? Note
    {
        get
        {
            if (count == 0)
                return null;
            var shown = string.Join("; ", labels.Take(MaxShown)) + (labels.Count > MaxShown ? "; ..." : "");
            var rows =
                count == 1 ? "row is left out because its label is" : "rows are left out because their labels are";
            return string.Create(CultureInfo.InvariantCulture, $"{count} {rows} not among the classes: {shown}");
        }
    }

    /// <summary>Whether a row with this label is kept. Counts the row if it is left out.</summary>
    public bool Keeps(string label)
    {
        if (classes.IndexOf(label) >= 0)
            return true;
        count++;
        if (!labels.Contains(label))
            labels.Add(label);
        return false;
    }
}
