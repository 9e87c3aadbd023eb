using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>
/// Any corpus with labels in the layout of DESED: tab-separated lists (*.tsv) with a header, of filename and event_label
/// (or event_labels, separated by commas) for weak labels and of filename, onset, offset and event_label for strong ones. One
/// of filename alone names clips of which nobody knows what is heard; those of the training split can be learnt from, others
/// are passed over. A list's own name or its folder's says which split it describes: train or weak, valid, test, eval or public.
/// </summary>
public static class FolderCorpus
{
    private static readonly (string Word, Split Split)[] Words =
    [
        ("train", Split.Training),
        ("weak", Split.Training),
        ("valid", Split.Validation),
        ("test", Split.Testing),
        ("eval", Split.Evaluation),
        ("public", Split.Evaluation),
    ];

    /// <summary>The corpus in a folder that holds lists and audio, each anywhere below it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Rate and length of clips; null takes the defaults.</param>
    /// <exception cref="CorpusException">The folder is missing, empty, without labels or without audio; or a list's split is unclear.</exception>
    /// <exception cref="AnnotationException">A list has rows that are no labels.</exception>
    public static Manifest Read(string folder, FolderCorpusOptions? options = null) =>
        ManifestBuilder.Build(List(folder, CorpusFolder.FilesBelow(folder), options ?? new FolderCorpusOptions()));

    /// <summary>Whether a folder's files have such lists among them.</summary>
    internal static bool IsAmong(string[] files) => files.Any(file => KindOf(file) != ListKind.None);

    internal static CorpusListing List(string folder, string[] files, FolderCorpusOptions options)
    {
        List<string> problems = [.. CorpusFolder.Empty(files.Where(IsNamedList))];
        List<(Split, TagList)> weak = [];
        List<(Split, EventList)> strong = [];
        List<string> unlabelled = [];
        foreach (var file in files)
        {
            ListKind kind = KindOf(file);
            if (kind == ListKind.None)
                continue;
            if (SplitOf(Path.GetRelativePath(folder, file)) is not { } split)
                problems.Add(
                    $"{file}: its name does not say which split it describes; put one of the words "
                        + $"{string.Join(", ", Words.Select(entry => entry.Word))} into it or its folder's name."
                );
            else if (kind == ListKind.Unlabelled)
                unlabelled.AddRange(split == Split.Training ? NamesIn(file) : []);
            else if (kind == ListKind.Weak)
                weak.Add((split, TagListFile.Read(file)));
            else
                strong.Add((split, EventListFile.Read(file)));
        }
        if (problems.Count > 0)
            throw new CorpusException(problems);
        if (weak.Count + strong.Count == 0)
            throw new CorpusException(
                $"{folder}: no lists in it (*.tsv with a header of filename and event_label, or filename, onset, offset and "
                    + "event_label)."
            );
        string[] labels =
        [
            .. weak.SelectMany(list => list.Item2.Labels)
                .Concat(strong.SelectMany(list => list.Item2.Labels))
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        ClassList classes = new(labels);
        return new CorpusListing(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            folder,
            classes,
            options.SampleRate,
            options.ClipSeconds,
            [.. Join(weak, strong, unlabelled, classes)],
            new AudioFinder(folder, files)
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
        // A list of all clips may name those that have labels too.
        var known = labelled.Where(clip => clip.Split == Split.Training).Select(clip => clip.Name).ToHashSet();
        var others = unlabelled.Distinct(StringComparer.Ordinal).Where(name => !known.Contains(name));
        return labelled
            .Concat(others.Select(name => new LabelledClip(name, SourceOf(name), Split.Training, [], null, false)))
            .OrderBy(clip => clip.Split);
    }

    private static string SourceOf(string name)
    {
        var stem = Path.GetFileNameWithoutExtension(name);
        return YouTubeName.Parse(stem)?.Id ?? stem;
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
        foreach ((Split split, var name) in order.Distinct().OrderBy(clip => clip.Split))
        {
            List<string> labels = [];
            List<SoundEvent>? events = null;
            foreach ((Split listSplit, TagList list) in weak)
                if (listSplit == split)
                    labels.AddRange(list.RowsOf(name).ToArray().Select(row => row.Label));
            foreach ((Split listSplit, EventList list) in strong)
                if (listSplit == split && list.IndexOf(name) >= 0)
                    (events ??= []).AddRange(list.EventsOf(name));
            labels.AddRange((events ?? []).Select(e => e.Label));
            clips.Add(new LabelledClip(name, SourceOf(name), split, CorpusFolder.InOrder(labels, classes), events));
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

    // The list's own name speaks first, then its folders from the inside out.
    private static Split? SplitOf(string relativePath)
    {
        foreach (var part in relativePath.Split(Path.DirectorySeparatorChar).Reverse())
        foreach ((var word, Split split) in Words)
            if (part.Contains(word, StringComparison.OrdinalIgnoreCase))
                return split;
        return null;
    }
}

/// <summary>What a corpus in tab-separated lists does not say about itself.</summary>
public sealed record FolderCorpusOptions
{
    /// <summary>Samples per second at which clips are read (Hz). Default 44,100.</summary>
    public int SampleRate { get; init; } = 44_100;

    /// <summary>Length to which every clip is cut or padded (s). Default 10.</summary>
    public double ClipSeconds { get; init; } = 10;
}
