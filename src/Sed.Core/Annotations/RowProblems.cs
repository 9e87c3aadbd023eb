namespace Sed.Core.Annotations;

/// <summary>Collects the problems of a list's rows. Contains the checks that all kinds of lists share.</summary>
/// <param name="source">Name that messages use for the list.</param>
/// <param name="problems">Receives the problems.</param>
internal sealed class RowProblems(string source, ProblemList problems)
{
    private readonly ProblemList problems = problems;

    /// <summary>Collects the problems of a list.</summary>
    /// <param name="source">Name that messages use for the list.</param>
    /// <param name="before">
    /// Problems of the preceding lists, to which the problems of this list are added; null for the first list.
    /// </param>
    public RowProblems(string source, RowProblems? before = null)
        : this(source, before?.problems ?? new ProblemList()) { }

    /// <summary>Number of problems.</summary>
    public int Count => problems.Count;

    /// <summary>Adds a problem of a row.</summary>
    public void Add(in ListRows row, string cause, string remedy = "") => Add(row.Line, cause, remedy);

    /// <summary>Adds a problem of a line, counted from 1, or of the whole list if the line is 0.</summary>
    public void Add(int line, string cause, string remedy = "") => problems.Add(source, line, cause, remedy);

    /// <summary>
    /// Determines the columns of a list from its header. Adds a problem if two columns have the same meaning.
    /// </summary>
    public ListColumns ColumnsOf(in ListRows header)
    {
        var columns = ListColumns.Of(header);
        if (columns.Problem is { } problem)
            Add(header, problem, "remove or rename one of them");
        return columns;
    }

    /// <summary>Adds a problem because a header does not have a required column.</summary>
    /// <param name="header">The header.</param>
    /// <param name="columns">Columns of the header.</param>
    /// <param name="role">The required column.</param>
    /// <param name="content">Content of the required column, in the plural, for example "file names".</param>
    /// <param name="name">
    /// The column name that the remedy suggests; null to suggest the names from <see cref="ListColumns.NamesOf"/>.
    /// </param>
    public void AddMissing(
        in ListRows header,
        ListColumns columns,
        ColumnRole role,
        string content,
        string? name = null
    )
    {
        var unknown = columns.Unknown.Count > 0 ? $" (unknown columns: {string.Join(", ", columns.Unknown)})" : "";
        Add(
            header,
            $"the header has no column for {content}{unknown}",
            $"name the column {name ?? ListColumns.NamesOf(role)}"
        );
    }

    /// <summary>Adds a problem because a quote in a row is not closed.</summary>
    public void AddOpenQuote(in ListRows row) => Add(row, "a quote is not closed");

    /// <summary>Reads a number. Adds a problem and returns false if the field is not a number.</summary>
    /// <param name="row">The row.</param>
    /// <param name="field">Index of the field.</param>
    /// <param name="name">Name of the field in the message, for example "onset".</param>
    /// <param name="value">The number.</param>
    public bool IsNumber(in ListRows row, int field, string name, out double value)
    {
        if (TextNumbers.TryRead(row[field], out value))
            return true;
        AddNotANumber(row, field, name);
        return false;
    }

    /// <summary>Adds a problem because a field is not a number.</summary>
    public void AddNotANumber(in ListRows row, int field, string name) =>
        Add(row, $"the {name} \"{ListText.Shown(row[field])}\" is not a number", TextNumbers.Remedy(row[field]));

    /// <summary>Throws if there are problems.</summary>
    /// <exception cref="AnnotationException">There are problems.</exception>
    public void ThrowIfAny() => problems.ThrowIfAny();
}
