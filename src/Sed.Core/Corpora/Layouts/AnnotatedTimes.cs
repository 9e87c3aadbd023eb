using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>The list annotated.tsv or annotated.csv of a corpus, an <see cref="AnnotatedList"/>.</summary>
internal static class AnnotatedTimes
{
    private static readonly string[] Names = ["annotated.tsv", "annotated.csv"];

    /// <summary>Whether a file has the name of such a list.</summary>
    public static bool IsList(string file) => Names.Contains(Path.GetFileName(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds the annotated spans to the clips of a listing, if the folder has such a list.</summary>
    public static CorpusListing ApplyTo(CorpusListing listing, CorpusFolder folder)
    {
        if (folder.Files.FirstOrDefault(IsList) is not { } list)
            return listing;
        List<Problem> problems = [.. listing.Problems];
        var annotated = Read(list, listing.Classes, problems);
        Dictionary<int, string> used = [];
        LabelledClip[] clips = [.. listing.Clips.Select(clip => With(clip))];
        problems.AddRange(
            annotated
                .Recordings.Where((_, k) => !used.ContainsKey(k))
                .Select(recording =>
                    ProblemList.At(
                        list,
                        recording.Line,
                        $"the recording \"{recording.Name}\" has no labels",
                        "add it to the label files: one row per event or, if it has no events, a row with only its name"
                    )
                )
        );
        return listing with
        {
            Clips = clips,
            Problems = problems,
            Lists =
            [
                .. listing.Lists.Where(use => use.File != folder.Relative(list)),
                new ListUse(
                    folder.Relative(list),
                    null,
                    "annotated times",
                    used.Count,
                    string.Join("; ", annotated.NotesWithoutSource)
                ),
            ],
        };

        LabelledClip With(LabelledClip clip)
        {
            if (annotated.IndexOf(clip.Name) is not (var k and >= 0))
                return clip;
            var (name, line) = (annotated.Recordings[k].Name, annotated.Recordings[k].Line);
            if (!used.TryAdd(k, clip.Name))
                problems.Add(
                    ProblemList.At(
                        list,
                        line,
                        $"the recording \"{name}\" matches two clips, \"{used[k]}\" and \"{clip.Name}\"",
                        "write the names in the list with their folders"
                    )
                );
            if (clip.StrongEvents is not { } events)
            {
                problems.Add(
                    ProblemList.At(list, line, $"the recording \"{name}\" has no strong labels", "remove its rows")
                );
                return clip;
            }
            return clip with
            {
                AnnotatedSpans = annotated.Extended(
                    k,
                    events,
                    outside =>
                        problems.Add(
                            new Problem(
                                list,
                                FormattableString.Invariant(
                                    $"the event '{events[outside].Label}' of \"{clip.Name}\" from {events[outside].Onset} s to {events[outside].Offset} s lies outside the annotated spans"
                                ),
                                "extend a span, or remove the event"
                            )
                        )
                ),
            };
        }
    }

    private static AnnotatedList Read(string list, ClassList classes, List<Problem> problems)
    {
        var annotated = AnnotatedList.Empty;
        try
        {
            ProblemList rows = new();
            annotated = AnnotatedList.Read(list, rows, AudioSet.Names);
            annotated.AddForeignLabels(classes, rows);
            rows.ThrowIfAny();
        }
        catch (AnnotationException invalid)
        {
            problems.AddRange(invalid.Problems);
        }
        return annotated;
    }
}
