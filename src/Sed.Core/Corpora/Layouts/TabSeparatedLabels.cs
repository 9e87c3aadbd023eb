using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// Lists (*.tsv, *.csv, *.txt) with a header, as in DESED: filename and event_label (or event_labels, separated by
/// commas) for weak labels; filename, onset, offset and event_label for strong labels; only filename, in a list whose
/// name contains "unlabel", for training clips without labels. Without a header, rows of file, onset, offset and label
/// are strong labels, as in DCASE lists. The split of a clip is stated by a column "split" of the list, by a list
/// splits.tsv or splits.csv with the columns filename and split, or by the name of the list or of a folder that
/// contains the list (<see cref="SplitName"/>), in this order. DESED's list validation/validation.tsv and the list
/// maestro_real_validation.tsv are the public test sets of DCASE Task 4 and become the test split. Lists of unlabelled
/// clips are ignored unless they belong to the training split.
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
        // Other files can have the form of a list without a header, for example detections in the folder of a corpus.
        string[] withHeader = [.. labelled.Where(list => folder.HeaderOf(list).HasHeader)];
        return LayoutMatch.Of(
            withHeader.Length > 0 ? withHeader : labelled,
            lists.Length == 0
                ? "there is no *.tsv, *.csv or *.txt file"
                : $"no list has a header with filename and event_label, or rows of file, onset, offset and label ({string.Join("; ", lists.Take(3).Select(list => Shown(folder, list)))}{(lists.Length > 3 ? "; ..." : "")})"
        ) with
        {
            IsTentative = !withHeader.Any(IsTabSeparated),
        };
    }

    public CorpusListing Read(CorpusFolder folder)
    {
        LabelFiles files = new(folder.Options);
        files.AddRange(CorpusFolder.EmptyLists(Lists(folder).Where(IsTabSeparated)));
        List<ListUse> uses = [];
        List<Assigned<TagList>> weak = [];
        List<Assigned<EventList>> strong = [];
        List<Assigned<EventList>> soft = [];
        List<string> unlabelled = [];
        var names = NamesOfLabels(folder, files);
        var splits = RecordingSplits.Of(folder, files);
        (SplitList List, TagList? Tags, EventList? Events)[] lists =
        [
            .. Sorted(folder, files, splits, uses)
                .Select(list =>
                    list.Kind == ListKind.Strong
                        ? (list, null, files.Events(list.File))
                        : (list, files.Tags(list.File), (EventList?)null)
                ),
        ];
        splits.Match(NamesIn(lists), files, NamesIn(lists.Where(list => list.List.UsesSplits)).ToHashSet());
        foreach (var (list, tags, strongEvents) in lists)
        {
            if (list.Kind == ListKind.Names && tags is { } unknown)
            {
                string[] training = [.. unknown.Files.Where(file => list.SplitOf(file) == Split.Training)];
                unlabelled.AddRange(training);
                var others = unknown.Files.Length - training.Length;
                string[] notes = others > 0 ? [$"{others} clips of other splits are not used"] : [];
                uses.AddRange(list.Uses("no labels", [.. training.Select(_ => Split.Training)], notes));
            }
            else if (list.Kind == ListKind.Weak && tags is not null)
            {
                Split[] own = [.. tags.Files.Select(list.SplitOf)];
                weak.Add(new(names?.Apply(tags) ?? tags, file => At(own, tags.IndexOf(file))));
                uses.AddRange(list.Uses("weak labels", own, [.. LabelFiles.NotesOf(tags)]));
            }
            else if (strongEvents is { } events)
            {
                Split[] own = [.. events.Files.Select(list.SplitOf)];
                var all = files.SoftEvents(events, list.File) ?? events;
                (events, all) = (names?.Apply(events) ?? events, names?.Apply(all) ?? all);
                if (ContainingList(all.IsSoft ? soft : strong, own, all) is { } other)
                {
                    uses.Add(
                        ListUse.Ignored(list.Relative, $"all clips and events are also in {folder.Relative(other)}")
                    );
                    continue;
                }
                Split? SplitOf(string file) => At(own, events.IndexOf(file));
                strong.Add(new(events, SplitOf));
                soft.Add(new(all, SplitOf));
                uses.AddRange(
                    list.Uses("strong labels", own, [.. LabelFiles.NotesOf([events], all.IsSoft ? [all] : [])])
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
            files.Add(new(folder.Path, "no list has labels", "add lists with labels"));
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
            Lists = [.. uses.Concat(splits.Uses).OrderBy(use => use.File, StringComparer.Ordinal)],
            Problems = files.Problems,
        };
    }

    /// <summary>The names of the clips of several lists.</summary>
    private static IEnumerable<string> NamesIn(IEnumerable<(SplitList, TagList? Tags, EventList? Events)> lists) =>
        lists.SelectMany(list => (list.Tags?.Files ?? []).Concat(list.Events?.Files ?? []));

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

    /// <summary>
    /// Returns the path of a list that contains every clip of <paramref name="part"/>, with the same events and, if the
    /// part has confidences, the same confidences; null if no list does. For example, DESED's test set contains the
    /// test and evaluation sets of 2018.
    /// </summary>
    private static string? ContainingList(List<Assigned<EventList>> lists, Split[] splits, EventList part)
    {
        foreach (var (whole, splitOf) in lists)
            if (
                part
                    .Files.Zip(splits)
                    .All(file =>
                        (
                            splitOf(file.First) == file.Second
                            || Path.GetFileNameWithoutExtension(whole.Source) == "validation"
                        )
                        && whole.IndexOf(file.First) is var index and >= 0
                        && (
                            part.IsSoft
                                ? whole.SoftEventsAt(index).SequenceEqual(part.SoftEventsAt(part.IndexOf(file.First)))
                                : whole.EventsAt(index).SequenceEqual(part.EventsOf(file.First))
                        )
                    )
            )
                return whole.Source;
        return null;
    }

    /// <summary>
    /// The names of identifiers, from a list in the folder or, if there is no such list, from AudioSet; null if the
    /// list is invalid.
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

    /// <summary>The name of a list without labels, and the reason why it has no labels.</summary>
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
