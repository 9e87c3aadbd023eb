using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// Tab-separated lists (*.tsv) with a header, as in DESED: filename and event_label (or event_labels, separated by commas) for
/// weak labels; filename, onset, offset and event_label for strong labels; filename alone, in a list whose name contains
/// "unlabel", for training clips without labels. The name of a list, or of a folder that it is in, states its split by one of
/// the words train or weak, valid, test, eval or public. Unlabelled lists of other splits are ignored.
/// </summary>
internal sealed class TabSeparatedLabels : ICorpusLayout
{
    private const int SampleRate = 44_100;
    private const double ClipSeconds = 10;

    private static readonly (string Word, Split Split)[] Words =
    [
        ("train", Split.Training),
        ("weak", Split.Training),
        ("valid", Split.Validation),
        ("test", Split.Testing),
        ("eval", Split.Evaluation),
        ("public", Split.Evaluation),
    ];

    public string Title => "tab-separated labels (DESED)";

    public string Expected =>
        "lists (*.tsv) with a header of filename and event_label, or of filename, onset, offset and event_label";

    public LayoutMatch Recognise(CorpusFolder folder)
    {
        string[] lists = [.. folder.Files.Where(IsNamedList)];
        return LayoutMatch.Of(
            lists.Where(file => KindOf(file) != ListKind.None),
            lists.Length == 0
                ? "there is no *.tsv file"
                : $"no *.tsv file has such a header ({string.Join(", ", lists.Take(3).Select(folder.Relative))}{(lists.Length > 3 ? ", ..." : "")})"
        );
    }

    public CorpusListing Read(CorpusFolder folder)
    {
        List<Problem> problems = [.. CorpusFolder.EmptyLists(folder.Files.Where(IsNamedList))];
        List<(Split, TagList)> weak = [];
        List<(Split, EventList)> strong = [];
        List<string> unlabelled = [];
        foreach (var file in folder.Files)
        {
            var kind = KindOf(file);
            if (kind == ListKind.None)
                continue;
            if (SplitOf(folder.Relative(file)) is not { } split)
                problems.Add(
                    new(
                        file,
                        "the name of the list does not state its split",
                        $"put one of the words {string.Join(", ", Words.Select(entry => entry.Word))} into its name or its folder's name"
                    )
                );
            else if (kind == ListKind.Unlabelled)
                unlabelled.AddRange(split == Split.Training ? NamesIn(file) : []);
            else if (kind == ListKind.Weak)
                weak.Add((split, TagList.Read(file)));
            else
                strong.Add((split, EventListFile.Read(file)));
        }
        if (weak.Count + strong.Count == 0 && problems.Count == 0)
            problems.Add(new(folder.Path, "all lists are unlabelled", "add lists with labels"));
        if (problems.Count > 0)
            throw new CorpusException(problems);
        ClassList classes = new(
            weak.SelectMany(list => list.Item2.Labels)
                .Concat(strong.SelectMany(list => list.Item2.Labels))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
        );
        return new CorpusListing(
            folder.Name,
            folder.Path,
            classes,
            SampleRate,
            ClipSeconds,
            [.. Join(weak, strong, unlabelled, classes)],
            new AudioFinder(folder)
        );
    }

    private static string[] NamesIn(string file) =>
        [.. File.ReadLines(file).Skip(1).Select(line => line.Trim()).Where(name => name != "")];

    private static IEnumerable<LabelledClip> Join(
        List<(Split Split, TagList List)> weak,
        List<(Split Split, EventList List)> strong,
        List<string> unlabelled,
        ClassList classes
    )
    {
        var labelled = Join(weak, strong, classes);
        // A list of unlabelled clips can name labelled ones too.
        var known = labelled.Where(clip => clip.Split == Split.Training).Select(clip => clip.Name).ToHashSet();
        var others = unlabelled.Distinct(StringComparer.Ordinal).Where(name => !known.Contains(name));
        return labelled
            .Concat(
                others.Select(name => new LabelledClip(
                    name,
                    LabelledClip.SourceOf(name),
                    Split.Training,
                    [],
                    null,
                    IsTagged: false
                ))
            )
            .OrderBy(clip => clip.Split);
    }

    private static List<LabelledClip> Join(
        List<(Split Split, TagList List)> weak,
        List<(Split Split, EventList List)> strong,
        ClassList classes
    )
    {
        List<(Split Split, string Name)> order =
        [
            .. weak.SelectMany(entry => entry.List.Files.Select(name => (entry.Split, name))),
            .. strong.SelectMany(entry => entry.List.Files.Select(name => (entry.Split, name))),
        ];
        List<LabelledClip> clips = [];
        foreach (var (split, name) in order.Distinct().OrderBy(clip => clip.Split))
        {
            List<string> labels = [];
            List<SoundEvent>? events = null;
            foreach (var (listSplit, list) in weak)
                if (listSplit == split)
                    labels.AddRange(list.RowsOf(name).ToArray().Select(row => row.Label));
            foreach (var (listSplit, list) in strong)
                if (listSplit == split && list.IndexOf(name) >= 0)
                    (events ??= []).AddRange(list.EventsOf(name));
            labels.AddRange((events ?? []).Select(sound => sound.Label));
            clips.Add(
                new LabelledClip(
                    name,
                    LabelledClip.SourceOf(name),
                    split,
                    LabelledClip.InOrder(labels, classes),
                    events
                )
            );
        }
        return clips;
    }

    private enum ListKind
    {
        None,
        Weak,
        Strong,
        Unlabelled,
    }

    private static bool IsNamedList(string file) => file.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);

    private static ListKind KindOf(string file)
    {
        if (!IsNamedList(file) || CorpusFolder.IsEmpty(file))
            return ListKind.None;
        using StreamReader reader = new(file);
        var header = (reader.ReadLine() ?? "").Split('\t', StringSplitOptions.TrimEntries);
        if (header[0] != "filename")
            return ListKind.None;
        return header.Contains("onset") && header.Contains("offset") ? ListKind.Strong
            : header.Contains("event_label") || header.Contains("event_labels") ? ListKind.Weak
            : header is ["filename"] && Path.GetFileName(file).Contains("unlabel", StringComparison.OrdinalIgnoreCase)
                ? ListKind.Unlabelled
            : ListKind.None;
    }

    // The name of the list takes precedence, then its folders from the innermost outwards.
    private static Split? SplitOf(string relativePath)
    {
        foreach (var part in relativePath.Split(Path.DirectorySeparatorChar).Reverse())
        foreach (var (word, split) in Words)
            if (part.Contains(word, StringComparison.OrdinalIgnoreCase))
                return split;
        return null;
    }
}
