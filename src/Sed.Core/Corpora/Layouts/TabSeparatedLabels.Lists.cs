using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <content>The lists of a folder and the splits of their clips.</content>
internal sealed partial class TabSeparatedLabels
{
    /// <summary>A list with labels, or one of unlabelled training clips, and the splits of its clips.</summary>
    private sealed record SplitList(
        string File,
        string Relative,
        ListKind Kind,
        Func<string, Split> SplitOf,
        string Note
    )
    {
        /// <summary>The column that states the splits; null if something else does.</summary>
        internal FileColumn? Column { get; init; }

        /// <summary>Whether splits.tsv (<see cref="RecordingSplits"/>) can state the splits. Default true.</summary>
        internal bool UsesSplits { get; init; } = true;

        /// <summary>The split that the name of the list states; null if something else states the splits.</summary>
        internal Split? Named { get; init; }

        /// <summary>Returns one item for each split. Only the first item has the notes.</summary>
        internal IEnumerable<ListUse> Uses(string content, Split[] splits, IReadOnlyList<string>? notes = null)
        {
            var shown = Column?.RemoveFromNotesWithoutSource(notes ?? []) ?? notes ?? [];
            var note = string.Join("; ", shown.Prepend(Note).Where(one => one != ""));
            if (splits.Length == 0)
                yield return new ListUse(Relative, Named, content, 0, note);
            foreach (var (index, group) in splits.CountBy(split => split).OrderBy(entry => entry.Key).Index())
                yield return new ListUse(Relative, group.Key, content, group.Value, index == 0 ? note : "");
        }
    }

    /// <summary>
    /// A list and a function that returns the split of a clip, or null if the list does not contain the clip.
    /// </summary>
    private sealed record Assigned<T>(T List, Func<string, Split?> SplitOf);

    private static Split? At(Split[] splits, int index) => index < 0 ? null : splits[index];

    /// <summary>
    /// The lists that are used, with their splits; DESED's test list comes before the lists that contain parts of it.
    /// </summary>
    private static List<SplitList> Sorted(
        CorpusFolder folder,
        LabelFiles files,
        RecordingSplits splits,
        List<ListUse> uses
    )
    {
        List<(string File, string Relative, ListKind Kind)> found = [];
        foreach (var file in Lists(folder))
        {
            var header = folder.HeaderOf(file);
            var relative = folder.Relative(file);
            if (header.Kind == ListKind.Names && !IsNamedUnlabelled(relative))
                uses.Add(
                    ListUse.Ignored(
                        relative,
                        "it names files without labels, and its name does not contain \"unlabelled\""
                    )
                );
            else if (IsListOfNames(file))
                uses.Add(new ListUse(relative, null, ClassNames, 0, "the names replace the identifiers of labels"));
            else if (header.Kind != ListKind.None)
                found.Add((file, relative, header.Kind));
            else if (file != splits.List && (IsTabSeparated(file) || header.MayBeList))
                uses.Add(ListUse.Ignored(relative, header.Reason));
        }
        // If no other list states the training split, "dev" is a development set, which is used for training.
        var hasTraining = found.Any(list =>
            list.Kind != ListKind.Names && SplitName.Of(list.Relative, false).Splits is [Split.Training]
        );
        // If another list has a header, a file without a header is not necessarily a list.
        var hasHeader = found.Any(list => folder.HeaderOf(list.File).HasHeader);
        List<SplitList> lists = [];
        foreach (var (file, relative, kind) in found)
        {
            var name = SplitName.Of(relative, isDevelopmentTraining: !hasTraining);
            var testSet = kind == ListKind.Strong ? TestSetOf(relative) : null;
            if (kind != ListKind.Names && folder.Options.Split is { } whole)
                lists.Insert(
                    testSet is null ? lists.Count : 0,
                    new(file, relative, kind, _ => whole, "the corpus has one split")
                    {
                        Named = whole,
                        UsesSplits = false,
                    }
                );
            else if (kind != ListKind.Names && files.Splits(file) is (var column, var values))
                lists.Add(
                    new(
                        file,
                        relative,
                        kind,
                        clip => Stated(column, values, clip, files),
                        "the column \"split\" states the splits"
                    )
                    {
                        Column = column,
                        UsesSplits = false,
                    }
                );
            else if (testSet is not null)
                lists.Insert(0, Named(Split.Testing, testSet));
            else if (name.Splits is not [var split])
            {
                if (splits.List is not null)
                {
                    lists.Add(new(file, relative, kind, clip => splits.Of(clip, files), ""));
                    continue;
                }
                var cause = name.IsContradiction
                    ? $"the name of the list states several splits ({string.Join(", ", name.Words)})"
                    : "the name of the list does not state its split";
                if (folder.HeaderOf(file).HasHeader || !hasHeader)
                    files.Add(new Problem(file, cause, SplitName.Remedy));
                uses.Add(ListUse.Ignored(relative, cause));
            }
            else if (kind == ListKind.Names && split != Split.Training)
                uses.Add(ListUse.Ignored(relative, "clips without labels are used for training only"));
            else
                lists.Add(Named(split, name.Note));

            SplitList Named(Split own, string note) =>
                new(file, relative, kind, clip => splits.Stated(clip) ?? own, note) { Named = own };
        }
        return lists;
    }

    /// <summary>
    /// The split of a clip according to a column; training if the clip has no value or its value states no split. Both
    /// are problems: the former is reported here, and the latter when the column is read.
    /// </summary>
    private static Split Stated(FileColumn column, SplitValues values, string clip, LabelFiles files)
    {
        if (column.Of(clip) is { } value)
            return values.Of(value) ?? Split.Training;
        files.Add(
            new Problem(
                column.Source,
                $"the column \"{column.Name}\" has no value for the recording \"{clip}\"",
                SplitValues.Remedy
            )
        );
        return Split.Training;
    }

    /// <summary>
    /// A description of the public test set of DCASE Task 4 that a list contains; null for other lists. Systems are
    /// compared on these lists, although their names contain "validation".
    /// </summary>
    private static string? TestSetOf(string relative)
    {
        string[] parts = [.. relative.Split('/', '\\').Select(part => part.ToLowerInvariant())];
        return (parts is [.., var inner, _] ? inner : "", Path.GetFileNameWithoutExtension(parts[^1])) switch
        {
            ("validation", "validation") => "DESED's public test set",
            (_, "maestro_real_validation") => "MAESTRO's public test set of DCASE 2024 Task 4",
            _ => null,
        };
    }

    /// <summary>The lists, without the annotation files of single recordings.</summary>
    private static IEnumerable<string> Lists(CorpusFolder folder) =>
        folder.Files.Where(file =>
            ListHeader.IsNamedList(file) && !folder.IsOfRecording(file) && !AnnotatedTimes.IsList(file)
        );
}
