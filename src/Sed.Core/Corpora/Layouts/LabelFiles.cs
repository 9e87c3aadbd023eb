using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// Reads lists of labels and collects the problems of all of them. Rows with a problem are left out, so that the rest
/// of a corpus can be checked too. A corpus with problems can only be checked, not used.
/// </summary>
/// <param name="options">
/// Column names and the channel whose events are read. Default: the column names of the lists and the events of all
/// channels.
/// </param>
/// <param name="areOfRecordings">
/// Whether each list of events annotates a single recording (<see cref="AnnotationOptions.IsOfRecording"/>). Default
/// false.
/// </param>
internal sealed class LabelFiles(CorpusOptions? options = null, bool areOfRecordings = false)
{
    private readonly CorpusOptions options = options ?? new CorpusOptions();
    private readonly List<Problem> problems = [];

    private delegate T Parser<out T>(ReadOnlySpan<byte> text, string source);

    /// <summary>The problems of the lists so far, in reading order.</summary>
    internal IReadOnlyList<Problem> Problems => problems;

    /// <summary>Adds a problem that does not belong to a row.</summary>
    internal void Add(Problem problem) => problems.Add(problem);

    /// <summary>Adds problems that do not belong to rows.</summary>
    internal void AddRange(IEnumerable<Problem> more) => problems.AddRange(more);

    /// <summary>The valid rows of a list of tags; null if the list cannot be read.</summary>
    internal TagList? Tags(string path) =>
        // An explicit minimum suppresses the note about excluded rows. The note would be wrong: training uses these rows
        // as targets.
        Read(path, (text, source) => TagList.Parse(text, source, EventList.DefaultMinimumConfidence));

    /// <summary>The valid rows of a list of events; null if the list cannot be read.</summary>
    internal EventList? Events(string path) =>
        // As for tags, the note about excluded events would be wrong.
        Read(path, (text, source) => Parse(text, source, EventList.DefaultMinimumConfidence));

    /// <summary>
    /// Reads an event list again, with the events below the minimum confidence; null if the list has no confidences.
    /// </summary>
    internal EventList? SoftEvents(EventList events, string path)
    {
        if (!events.IsSoft)
            return null;
        try
        {
            var text = ColumnNames.Replace(ListText.Read(path), options.Columns);
            return Parse(text, path, minimumConfidence: 0);
        }
        catch (AnnotationException)
        {
            return null; // the first reading has reported its problems
        }
    }

    /// <summary>
    /// The column "split" of a list; null if the list has no such column, or if none of its values states a split. If
    /// some values state a split, each of the other values is a problem.
    /// </summary>
    internal (FileColumn Column, SplitValues Values)? Splits(string path)
    {
        try
        {
            if (FileColumn.Read(path, FileColumn.Split, options.Columns) is not { } column)
                return null;
            SplitValues values = new(column.Values);
            if (!values.AreSplits)
                return null;
            problems.AddRange(
                values.Others.Select(value => new Problem(path, SplitValues.Unknown(value), SplitValues.Remedy))
            );
            return (column, values);
        }
        catch (AnnotationException invalid)
        {
            problems.AddRange(invalid.Problems);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // An unreadable list is reported when its labels are read.
        }
        return null;
    }

    /// <summary>
    /// Returns the notes for several event lists that are shown as one list in the plan: how their confidences and
    /// presence columns are used, and then the notes of each list.
    /// </summary>
    /// <param name="lists">The lists.</param>
    /// <param name="soft">
    /// The lists that have confidences, with all their events, also those below the minimum confidence.
    /// </param>
    internal static IEnumerable<string> NotesOf(
        IReadOnlyCollection<EventList> lists,
        IReadOnlyCollection<EventList> soft
    )
    {
        if (soft.Count > 0)
            yield return FormattableString.Invariant(
                $"{soft.Sum(all => all.Count)} events with confidences; all are training targets, and those of at least {EventList.DefaultMinimumConfidence} are the reference{InFiles(soft.Count)}"
            );
        if (lists.Count(list => list.StatedSpans is not null) is var stated and > 0)
            yield return $"times and classes without a row are unknown{InFiles(stated)}";
        foreach (var note in lists.SelectMany(list => list.NotesWithoutSource).CountBy(note => note))
            yield return $"{note.Key}{InFiles(note.Value)}";
    }

    /// <summary>Notes for a list of tags: how its confidences are used, and the notes of the list itself.</summary>
    internal static IEnumerable<string> NotesOf(TagList list)
    {
        if (list.Confidences is not null)
            yield return FormattableString.Invariant(
                $"{list.Files.Sum(file => list.ConfidencesOf(file)!.Count)} labels with confidences; all are training targets, and those of at least {EventList.DefaultMinimumConfidence} are the reference"
            );
        foreach (var note in list.NotesWithoutSource)
            yield return note;
    }

    private static string InFiles(int count) => count > 1 ? $" ({count} files)" : "";

    private EventList Parse(ReadOnlySpan<byte> text, string source, double minimumConfidence) =>
        EventListFile.Parse(
            text,
            source,
            EventListFile.Formats,
            new AnnotationOptions
            {
                MinimumConfidence = minimumConfidence,
                Channel = options.Channel,
                IsOfRecording = areOfRecordings,
            }
        );

    private T? Read<T>(string path, Parser<T> parse)
        where T : class
    {
        try
        {
            var text = ColumnNames.Replace(ListText.Read(path), options.Columns);
            return Parse(text, path, parse, out var invalid) ?? Rest(WithoutLines(text, invalid), path, parse);
        }
        catch (AnnotationException invalid)
        {
            problems.AddRange(invalid.Problems);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add(new Problem(path, $"the list cannot be read: {unreadable.Message}"));
        }
        return null;
    }

    /// <summary>
    /// Parses a list. If the list has problems, collects them and returns null; <paramref name="lines"/> receives the
    /// numbers of the invalid lines.
    /// </summary>
    private T? Parse<T>(byte[] text, string path, Parser<T> parse, out IReadOnlySet<int> lines)
        where T : class
    {
        lines = new HashSet<int>();
        try
        {
            return parse(text, path);
        }
        catch (AnnotationException invalid)
        {
            problems.AddRange(invalid.Problems);
            if (invalid.Count > invalid.Problems.Count)
                problems.Add(new Problem(path, $"{invalid.Count - invalid.Problems.Count} more rows are invalid"));
            lines = invalid.Lines;
            return null;
        }
    }

    /// <summary>
    /// The list without its invalid rows; null if other rows depend on an invalid row, for example on a header.
    /// </summary>
    private static T? Rest<T>(byte[]? text, string path, Parser<T> parse)
        where T : class
    {
        try
        {
            return text is null ? null : parse(text, path);
        }
        catch (AnnotationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Replaces lines of a text with blank lines; null if there are no lines to replace, or if the first row is one of
    /// them.
    /// </summary>
    private static byte[]? WithoutLines(byte[] text, IReadOnlySet<int> lines)
    {
        if (lines.Count == 0)
            return null;
        var rest = (byte[])text.Clone();
        var line = 1;
        var isFirstRow = true;
        for (var start = 0; start < text.Length; line++)
        {
            var length = ListText.FirstLine(text.AsSpan(start), out var next).Length;
            var row = rest.AsSpan(start, length);
            var isBlank = row.IndexOfAnyExcept(" \t"u8) < 0;
            if (lines.Contains(line) && isFirstRow)
                return null;
            if (lines.Contains(line))
                row.Fill((byte)' ');
            isFirstRow &= isBlank;
            start += next;
        }
        return rest;
    }
}
