using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// Lists (*.tsv, *.csv, *.txt) with a header, as in DESED: filename and event_label (or event_labels, separated by
/// commas) for weak labels; filename, onset, offset and event_label for strong labels; only filename, in a list whose
/// name contains "unlabel", for training clips without labels. The name of a list, or of a folder that it is in, states
/// its split (<see cref="SplitName"/>). DESED's list validation/validation.tsv and the list maestro_real_validation.tsv are
/// the public test sets of DCASE Task 4 and become the test split. Unlabelled lists of splits other than training are
/// ignored.
/// </summary>
internal sealed partial class TabSeparatedLabels : ICorpusLayout
{
    public string Title => "lists of labels (DESED, AudioSet)";

    public string Expected =>
        "lists (*.tsv) with a header of filename and event_label, or of filename, onset, offset and event_label";

    public LayoutMatch Recognise(CorpusFolder folder)
    {
        string[] lists = [.. Lists(folder)];
        string[] labelled = [.. lists.Where(list => IsLabelled(folder, list))];
        return LayoutMatch.Of(
            labelled,
            lists.Length == 0
                ? "there is no *.tsv, *.csv or *.txt file"
                : $"no list has a header with filename and event_label ({string.Join("; ", lists.Take(3).Select(list => Shown(folder, list)))}{(lists.Length > 3 ? "; ..." : "")})"
        ) with
        {
            IsTentative = !labelled.Any(IsTabSeparated),
        };
    }

    public CorpusListing Read(CorpusFolder folder)
    {
        LabelFiles files = new(folder.Options);
        files.AddRange(CorpusFolder.EmptyLists(Lists(folder).Where(IsTabSeparated)));
        List<ListUse> uses = [];
        List<(Split Split, TagList List)> weak = [];
        List<(Split Split, EventList List)> strong = [];
        List<(Split Split, EventList List)> soft = [];
        List<string> unlabelled = [];
        var names = NamesOfLabels(folder, files);
        foreach (var list in Sorted(folder, files, uses))
        {
            if (list.Kind == ListKind.Names && files.Tags(list.File) is { } unknown)
            {
                unlabelled.AddRange(unknown.Files);
                uses.Add(list.Use("no labels", unknown.Files.Length));
            }
            else if (list.Kind == ListKind.Weak && files.Tags(list.File) is { } tags)
            {
                weak.Add((list.Split, names?.Apply(tags) ?? tags));
                uses.Add(list.Use("weak labels", tags.Files.Length, [.. LabelFiles.NotesOf(tags)]));
            }
            else if (list.Kind == ListKind.Strong && files.Events(list.File) is { } events)
            {
                var all = files.SoftEvents(events, list.File) ?? events;
                if (ContainingList(all.IsSoft ? soft : strong, list.Split, all) is { } other)
                {
                    uses.Add(
                        ListUse.Ignored(list.Relative, $"all clips and events are also in {folder.Relative(other)}")
                    );
                    continue;
                }
                strong.Add((list.Split, names?.Apply(events) ?? events));
                soft.Add((list.Split, names?.Apply(all) ?? all));
                uses.Add(
                    list.Use(
                        "strong labels",
                        events.Files.Length,
                        [.. LabelFiles.NotesOf([events], all.IsSoft ? [all] : [])]
                    )
                );
            }
            else
                uses.Add(ListUse.Ignored(list.Relative, "it cannot be read"));
        }
        if (names is not null)
            AddUnnamed(
                uses,
                weak.SelectMany(list => list.List.Labels).Concat(strong.SelectMany(list => list.List.Labels))
            );
        if (weak.Count + strong.Count == 0 && files.Problems.Count == 0)
            files.Add(new(folder.Path, "all lists are unlabelled", "add lists with labels"));
        if (weak.Count + strong.Count == 0)
            throw new CorpusException(files.Problems);
        ClassList classes = new(
            weak.SelectMany(list =>
                    list.List.Labels.Concat(list.List.NotPresent.Values.SelectMany(own => own.Select(one => one.Label)))
                )
                .Concat(weak.SelectMany(list => list.List.Confidences?.Labels ?? []))
                .Concat(strong.Concat(soft).SelectMany(list => list.List.Labels))
                .Concat(
                    strong.SelectMany(list =>
                        (list.List.StatedSpans ?? []).SelectMany(own => own.Select(span => span.Label!))
                    )
                )
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
        );
        return new CorpusListing(
            folder.Name,
            folder.Path,
            classes,
            SampleRate: null,
            ClipSeconds: null,
            [
                .. Join(weak, strong, unlabelled, classes)
                    .Select(clip =>
                        clip with
                        {
                            SoftEvents = SoftEventsOf(clip, soft),
                            AnnotatedSpans = StatedSpansOf(clip, strong) ?? SpansOfLocated(clip, soft, classes),
                        }
                    ),
            ],
            new AudioFinder(folder)
        )
        {
            Lists = [.. uses.OrderBy(use => use.File, StringComparer.Ordinal)],
            Problems = files.Problems,
        };
    }

    /// <summary>
    /// Adds a note with the identifiers that have no class name. These identifiers are used as class names.
    /// </summary>
    private static void AddUnnamed(List<ListUse> uses, IEnumerable<string> labels)
    {
        string[] unnamed = [.. labels.Where(label => label.StartsWith('/')).Distinct().Order(StringComparer.Ordinal)];
        for (var k = 0; k < uses.Count && unnamed.Length > 0; k++)
            if (uses[k].Content == ClassNames)
                uses[k] = uses[k] with
                {
                    Note =
                        $"{uses[k].Note}; no name for {string.Join(", ", unnamed.Take(5))}{(unnamed.Length > 5 ? $" and {unnamed.Length - 5} more" : "")}",
                };
    }

    private const string ClassNames = "class names";

    /// <summary>A list with labels, or one of unlabelled training clips, and its split.</summary>
    private sealed record SplitList(string File, string Relative, ListKind Kind, Split Split, string Note)
    {
        internal ListUse Use(string content, int clips, IReadOnlyList<string>? notes = null) =>
            new(
                Relative,
                Split,
                content,
                clips,
                string.Join("; ", (notes ?? []).Prepend(Note).Where(note => note != ""))
            );
    }

    /// <summary>
    /// The lists that are used, with their splits; DESED's test list comes before the lists that contain parts of it.
    /// </summary>
    private static List<SplitList> Sorted(CorpusFolder folder, LabelFiles files, List<ListUse> uses)
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
                uses.Add(new ListUse(relative, null, ClassNames, 0, "they replace the identifiers of labels"));
            else if (header.Kind != ListKind.None)
                found.Add((file, relative, header.Kind));
            else if (IsTabSeparated(file) || header.MayBeList)
                uses.Add(ListUse.Ignored(relative, header.Reason));
        }
        // If no other list states the training split, "dev" is a development set, which is used for training.
        var hasTraining = found.Any(list =>
            list.Kind != ListKind.Names && SplitName.Of(list.Relative, false).Splits is [Split.Training]
        );
        List<SplitList> lists = [];
        foreach (var (file, relative, kind) in found)
        {
            var name = SplitName.Of(relative, isDevelopmentTraining: !hasTraining);
            var testSet = kind == ListKind.Strong ? TestSetOf(relative) : null;
            if (kind != ListKind.Names && folder.Options.Split is { } stated)
                lists.Insert(
                    testSet is null ? lists.Count : 0,
                    new(file, relative, kind, stated, "the corpus has one split")
                );
            else if (testSet is not null)
                lists.Insert(0, new(file, relative, kind, Split.Testing, testSet));
            else if (name.Splits is not [var split])
            {
                var cause = name.IsContradiction
                    ? $"the name of the list states several splits ({string.Join(", ", name.Words)})"
                    : "the name of the list does not state its split";
                files.Add(new Problem(file, cause, SplitName.Remedy));
                uses.Add(ListUse.Ignored(relative, cause));
            }
            else if (kind == ListKind.Names && split != Split.Training)
                uses.Add(ListUse.Ignored(relative, "clips without labels are used for training only"));
            else
                lists.Add(new(file, relative, kind, split, name.Note));
        }
        return lists;
    }

    /// <summary>
    /// The public test set of DCASE Task 4 that a list contains, in words; null for other lists. Systems are compared on
    /// these lists, although their names say "validation".
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

    /// <summary>
    /// A list that contains every clip of <paramref name="part"/>, with the same events and, if the part has confidences,
    /// the same confidences; null if there is none. For example, DESED's test set contains the test and evaluation sets
    /// of 2018.
    /// </summary>
    private static string? ContainingList(List<(Split Split, EventList List)> lists, Split split, EventList part)
    {
        foreach (var (otherSplit, whole) in lists)
            if (
                (otherSplit == split || Path.GetFileNameWithoutExtension(whole.Source) == "validation")
                && part.Files.All(file =>
                    whole.IndexOf(file) is var index and >= 0
                    && (
                        part.IsSoft
                            ? whole.SoftEventsAt(index).SequenceEqual(part.SoftEventsAt(part.IndexOf(file)))
                            : whole.EventsAt(index).SequenceEqual(part.EventsOf(file))
                    )
                )
            )
                return whole.Source;
        return null;
    }

    /// <summary>The lists, without the annotation files of single recordings.</summary>
    private static IEnumerable<string> Lists(CorpusFolder folder) =>
        folder.Files.Where(file =>
            ListHeader.IsNamedList(file) && !folder.IsOfRecording(file) && !AnnotatedTimes.IsList(file)
        );

    /// <summary>
    /// The list of identifiers and names in the folder; AudioSet's own list if there is none, and null if it is invalid.
    /// </summary>
    private static LabelNames? NamesOfLabels(CorpusFolder folder, LabelFiles files)
    {
        var list = folder.Files.FirstOrDefault(IsListOfNames);
        try
        {
            return list is null ? AudioSet.Names : LabelNames.Read(list);
        }
        catch (AnnotationException invalid)
        {
            files.AddRange(invalid.Problems);
            return null;
        }
    }

    private static bool IsListOfNames(string file) =>
        Path.GetFileName(file) is var name
        && (
            name.StartsWith("class_labels_indices", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("mid_to_display_name", StringComparison.OrdinalIgnoreCase)
        );

    private static bool IsTabSeparated(string file) => file.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of a list without labels, with the reason why it has none.</summary>
    private static string Shown(CorpusFolder folder, string list) =>
        folder.HeaderOf(list).Reason is { Length: > 0 } reason
            ? $"{folder.Relative(list)}: {reason}"
            : folder.Relative(list);

    private static bool IsLabelled(CorpusFolder folder, string file) =>
        folder.HeaderOf(file).Kind is var kind
        && (kind is ListKind.Weak or ListKind.Strong || (kind == ListKind.Names && IsNamedUnlabelled(file)));

    private static bool IsNamedUnlabelled(string path) =>
        Path.GetFileName(path)
            .Replace("-", "")
            .Replace("_", "")
            .Contains("unlabel", StringComparison.OrdinalIgnoreCase);
}
