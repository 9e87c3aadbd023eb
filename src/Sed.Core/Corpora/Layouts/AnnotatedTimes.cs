using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// The list annotated.tsv or annotated.csv of a corpus: the spans of recordings in which all events are annotated. Its
/// columns are filename, onset and offset in seconds and, for spans in which only one class is annotated, event_label.
/// Outside the spans of a recording, it is unknown whether events occur. Recordings that the list does not name are
/// annotated completely. A span extends to the onset and offset of events that it overlaps.
/// </summary>
internal static class AnnotatedTimes
{
    private static readonly string[] Names = ["annotated.tsv", "annotated.csv"];

    /// <summary>Whether a file has the name of such a list.</summary>
    public static bool IsList(string file) => Names.Contains(Path.GetFileName(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>The listing with the annotated spans of its clips, if the folder has such a list.</summary>
    public static CorpusListing ApplyTo(CorpusListing listing, CorpusFolder folder)
    {
        if (folder.Files.FirstOrDefault(IsList) is not { } list)
            return listing;
        List<Problem> problems = [.. listing.Problems];
        Dictionary<string, List<AnnotatedSpan>> spans = new(StringComparer.Ordinal);
        try
        {
            Read(list, spans);
        }
        catch (AnnotationException invalid)
        {
            problems.AddRange(invalid.Problems);
        }
        string[] named = [.. spans.Keys];
        FileNames names = new(named);
        HashSet<string> used = new(StringComparer.Ordinal);
        LabelledClip[] clips = [.. listing.Clips.Select(clip => With(clip))];
        problems.AddRange(
            named
                .Where(name => !used.Contains(name))
                .Select(name => new Problem(
                    list,
                    $"the recording \"{name}\" has no labels",
                    "add it to the label files: one row per event or, if it has no events, a row with only its name"
                ))
        );
        return listing with
        {
            Clips = clips,
            Problems = problems,
            Lists =
            [
                .. listing.Lists.Where(use => use.File != folder.Relative(list)),
                new ListUse(folder.Relative(list), null, "annotated times", used.Count, ""),
            ],
        };

        LabelledClip With(LabelledClip clip)
        {
            var at = names.IndexOf(clip.Name) is var k and >= 0 ? k : names.IndexOf(Path.GetFileName(clip.Name));
            if (at < 0)
                return clip;
            used.Add(named[at]);
            if (clip.StrongEvents is null)
            {
                problems.Add(
                    new Problem(list, $"the recording \"{named[at]}\" has no strong labels", "remove its rows")
                );
                return clip;
            }
            return clip with { AnnotatedSpans = Extended(clip, spans[named[at]], list, problems) };
        }
    }

    private static AnnotatedSpan[] Extended(
        LabelledClip clip,
        List<AnnotatedSpan> spans,
        string list,
        List<Problem> problems
    )
    {
        List<AnnotatedSpan> all = [.. spans];
        foreach (var sound in clip.StrongEvents!.Where(sound => !sound.IsUnlocated))
            if (
                spans.Any(span =>
                    span.Onset <= sound.Offset
                    && span.Offset >= sound.Onset
                    && (span.Label is null || span.Label == sound.Label)
                )
            )
                all.Add(new AnnotatedSpan(sound.Onset, sound.Offset, sound.Label));
            else
                problems.Add(
                    new Problem(
                        list,
                        FormattableString.Invariant(
                            $"the event '{sound.Label}' of \"{clip.Name}\" from {sound.Onset} s to {sound.Offset} s lies outside the annotated spans"
                        ),
                        "extend a span, or remove the event"
                    )
                );
        return [.. all];
    }

    private static void Read(string list, Dictionary<string, List<AnnotatedSpan>> spans)
    {
        var text = ListText.Read(list);
        ListText.RequireText(text, list);
        RowProblems problems = new(list);
        var rows = ListRows.Open(text, ListColumns.IsHeader);
        ListColumns? columns = null;
        while (rows.Next())
            if (columns is null)
            {
                columns = problems.ColumnsOf(rows);
                if (columns[ColumnRole.File] < 0)
                    problems.AddMissing(rows, columns, ColumnRole.File, "file names");
                if (columns[ColumnRole.Onset] < 0)
                    problems.AddMissing(rows, columns, ColumnRole.Onset, "onsets");
                if (columns[ColumnRole.Offset] < 0)
                    problems.AddMissing(rows, columns, ColumnRole.Offset, "offsets");
                if (problems.Count > 0)
                    break;
            }
            else
                AddRow(rows, columns, spans, problems);
        problems.ThrowIfAny();
    }

    private static void AddRow(
        in ListRows row,
        ListColumns columns,
        Dictionary<string, List<AnnotatedSpan>> spans,
        RowProblems problems
    )
    {
        var (file, onset, offset) = (columns[ColumnRole.File], columns[ColumnRole.Onset], columns[ColumnRole.Offset]);
        if (row.Count <= Math.Max(file, Math.Max(onset, offset)))
            problems.Add(row, $"the row has {row.Count} fields, but needs a file name, an onset and an offset");
        else if (
            problems.IsNumber(row, onset, "onset", out var from) && problems.IsNumber(row, offset, "offset", out var to)
        )
        {
            if (SoundEvent.TimeProblem(from, to, "onset", "offset") is { } problem)
            {
                problems.Add(row, problem);
                return;
            }
            var label = columns[ColumnRole.Label] is var k and >= 0 && k < row.Count ? row[k] : [];
            var name = Encoding.UTF8.GetString(row[file]);
            if (!spans.TryGetValue(name, out var own))
                spans[name] = own = [];
            own.Add(new AnnotatedSpan(from, to, label.IsEmpty ? null : Encoding.UTF8.GetString(label)));
        }
    }
}
