using System.Text;

namespace Sed.Core.Annotations;

/// <summary>
/// Maps labels to names, for example the identifiers of AudioSet classes ("/m/09x0r" to "Speech"), or the classes of a
/// model to the classes of a reference. Read from a list with the columns mid and display_name
/// (class_labels_indices.csv), or from rows of label and name (as in mid_to_display_name.tsv). Several labels can have
/// the same name.
/// </summary>
public sealed class LabelNames
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    private LabelNames(string source) => Source = source;

    /// <summary>Path of the list.</summary>
    public string Source { get; }

    /// <summary>Number of identifiers.</summary>
    public int Count => names.Count;

    /// <summary>Identifiers and names in the order of the list.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Entries => names;

    /// <summary>Reads a list of identifiers and names.</summary>
    /// <exception cref="AnnotationException">
    /// The list has invalid rows. The exception lists them with their line numbers.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static LabelNames Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(ListText.Read(path), path);
    }

    internal static LabelNames Parse(ReadOnlySpan<byte> text, string source)
    {
        ListText.RequireText(text, source);
        RowProblems problems = new(source);
        LabelNames list = new(source);
        var rows = ListRows.Open(text, IsFirst);
        var (id, name, isFirst) = (0, 1, true);
        while (rows.Next())
        {
            if (isFirst && rows.IndexOf("mid") is var mid and >= 0)
                (id, name) = (mid, rows.IndexOf("display_name"));
            else
                list.Add(rows, id, name, problems);
            if (isFirst && name < 0)
            {
                problems.Add(rows, "the header has no column for class names", "call that column display_name");
                break;
            }
            isFirst = false;
        }
        if (list.names.Count == 0 && problems.Count == 0)
            problems.Add(0, "the list has no identifiers", "write an identifier and a name in each row");
        problems.ThrowIfAny();
        return list;
    }

    /// <summary>Replaces the identifiers in an event list with names. Labels without a name are kept.</summary>
    public EventList Apply(EventList events)
    {
        ArgumentNullException.ThrowIfNull(events);
        return events.Relabelled(NameOf);
    }

    /// <summary>Replaces the identifiers in a tag list with names. Labels without a name are kept.</summary>
    public TagList Apply(TagList tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        return tags.Relabelled(NameOf);
    }

    /// <summary>The name of an identifier. Labels that are not in the list are returned unchanged.</summary>
    internal string NameOf(string label) => names.GetValueOrDefault(label, label);

    private void Add(in ListRows row, int id, int name, RowProblems problems)
    {
        if (row.HasOpenQuote)
            problems.AddOpenQuote(row);
        else if (row.Count <= Math.Max(id, name) || row[id].IsEmpty || row[name].IsEmpty)
            problems.Add(row, "the row has no identifier or no name");
        else if (!names.TryAdd(Encoding.UTF8.GetString(row[id]), Encoding.UTF8.GetString(row[name])))
            problems.Add(row, $"the identifier \"{ListText.Shown(row[id])}\" is given twice");
    }

    private static bool IsFirst(in ListRows row) =>
        row.Count > 1 && (row.IndexOf("mid") >= 0 || row[0].StartsWith("/"u8));
}
