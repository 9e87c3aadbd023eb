using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>Reads the lists annotated.tsv and annotated.csv of a corpus (<see cref="AnnotatedList"/>).</summary>
internal static class AnnotatedTimes
{
    private static readonly string[] Names = ["annotated.tsv", "annotated.csv"];

    /// <summary>Whether the name of a file is annotated.tsv or annotated.csv.</summary>
    public static bool IsList(string file) => Names.Contains(Path.GetFileName(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Adds the annotated spans in the lists annotated.tsv and annotated.csv of a folder to the clips of a listing.
    /// </summary>
    public static CorpusListing ApplyTo(CorpusListing listing, CorpusFolder folder)
    {
        Dictionary<int, string> listOf = []; // by position of the clip
        foreach (var list in folder.Files.Where(IsList))
            listing = Apply(listing, folder, list, listOf);
        return listing;
    }

    private static CorpusListing Apply(
        CorpusListing listing,
        CorpusFolder folder,
        string list,
        Dictionary<int, string> listOf
    )
    {
        List<Problem> problems = [.. listing.Problems];
        var annotated = Read(list, listing.Classes, problems);
        var relative = folder.Relative(list);
        LabelledClip[] clips = [.. listing.Clips];
        var clipsOf = Enumerable
            .Range(0, clips.Length)
            .GroupBy(index => annotated.IndexOfSameName(clips[index].Name))
            .Where(group => group.Key >= 0)
            .ToDictionary(group => group.Key, group => Meant([.. group], clips, relative.Replace('\\', '/')));
        for (var index = 0; index < clips.Length; index++)
            if (annotated.IndexOfSameName(clips[index].Name) is var k and >= 0 && clipsOf[k].Contains(index))
                clips[index] = With(clips[index], k, index);
        problems.AddRange(
            annotated
                .Recordings.Where((_, k) => !clipsOf.ContainsKey(k))
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
                .. listing.Lists.Where(use => use.File != relative),
                new ListUse(
                    relative,
                    null,
                    "annotated times",
                    clipsOf.Count,
                    string.Join("; ", annotated.NotesWithoutSource)
                ),
            ],
        };

        LabelledClip With(LabelledClip clip, int k, int index)
        {
            var (name, line) = (annotated.Recordings[k].Name, annotated.Recordings[k].Line);
            if (clipsOf[k][0] != index)
                problems.Add(
                    ProblemList.At(
                        list,
                        line,
                        $"the recording \"{name}\" matches two clips, \"{clips[clipsOf[k][0]].Name}\" and \"{clip.Name}\"",
                        "write the names in the list with their folders"
                    )
                );
            if (!listOf.TryAdd(index, relative))
                problems.Add(
                    ProblemList.At(
                        list,
                        line,
                        $"the recording \"{name}\" is also in {listOf[index]}",
                        "write all its spans into one of the lists"
                    )
                );
            if (clip.StrongEvents is not { } events)
            {
                problems.Add(
                    ProblemList.At(
                        list,
                        line,
                        $"the recording \"{name}\" has no strong labels",
                        "remove its rows from this list"
                    )
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

    /// <summary>
    /// Chooses among the clips that match a recording in a list. If several clips match, the result has only those in
    /// the folder of the list or, without such clips, those in folders below it. If no match is in these folders, it has
    /// the clips of the split that the folder states or, without such clips, all matching clips.
    /// </summary>
    private static int[] Meant(int[] matching, LabelledClip[] clips, string list)
    {
        if (matching.Length == 1)
            return matching;
        var folder = FolderOf(list);
        var split = SplitName.OfFolders(list);
        int[] inFolder = [.. matching.Where(index => FolderOf(clips[index].Name) == folder)];
        int[] below = [.. matching.Where(index => clips[index].Name.StartsWith(folder, StringComparison.Ordinal))];
        int[] inSplit = [.. matching.Where(index => clips[index].Split == split)];
        return inFolder.Length > 0 ? inFolder
            : folder != "" && below.Length > 0 ? below
            : inSplit.Length > 0 ? inSplit
            : matching;

        static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];
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
