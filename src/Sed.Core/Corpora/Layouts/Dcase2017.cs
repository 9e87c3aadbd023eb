using System.Globalization;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// DCASE 2017 Task 4, "Large-scale weakly supervised sound event detection for smart cars": 17 classes of warning and vehicle
/// sounds in clips of 10 s from YouTube. Training clips have weak labels; testing and evaluation clips have strong labels too.
/// </summary>
public static class Dcase2017
{
    /// <summary>Sampling rate of the clips in Hz.</summary>
    public const int SampleRate = 44_100;

    /// <summary>Length of the clips in seconds.</summary>
    public const double ClipSeconds = 10;

    /// <summary>The classes with their AudioSet identifiers, in the official order.</summary>
    public static IReadOnlyList<(string Id, string Label)> Classes { get; } =
    [
        ("/m/0284vy3", "Train horn"),
        ("/m/05x_td", "Air horn, truck horn"),
        ("/m/02mfyn", "Car alarm"),
        ("/m/02rhddq", "Reversing beeps"),
        ("/m/0199g", "Bicycle"),
        ("/m/06_fw", "Skateboard"),
        ("/m/012n7d", "Ambulance (siren)"),
        ("/m/012ndj", "Fire engine, fire truck (siren)"),
        ("/m/0dgbq", "Civil defense siren"),
        ("/m/04qvtq", "Police car (siren)"),
        ("/m/03qc9zr", "Screaming"),
        ("/m/0k4j", "Car"),
        ("/t/dd00134", "Car passing by"),
        ("/m/01bjv", "Bus"),
        ("/m/07r04", "Truck"),
        ("/m/04_sv", "Motorcycle"),
        ("/m/07jdr", "Train"),
    ];
}

/// <summary>
/// The label files of DCASE 2017 Task 4 as they were released; some of them may be missing. The folder can contain a
/// class list of its own (sound_event_list_*.txt).
/// </summary>
internal sealed class Dcase2017Task4 : ICorpusLayout
{
    private static readonly (Split Split, string Word)[] Splits =
    [
        (Split.Training, "training"),
        (Split.Testing, "testing"),
        (Split.Evaluation, "evaluation"),
    ];

    public string Title => "DCASE 2017 Task 4";

    public string Expected =>
        "the released label files, such as groundtruth_weak_label_training_set.csv and groundtruth_strong_label_testing_set.csv, "
        + "or training_set.csv";

    public LayoutMatch Recognise(CorpusFolder folder) =>
        LayoutMatch.Of(
            Splits.SelectMany(split => LabelFilesOf(folder, split.Word)),
            "there is no groundtruth_*_label_*_set.csv and no training_set.csv, testing_set.csv or evaluation_set.csv"
        );

    public CorpusListing Read(CorpusFolder folder)
    {
        LabelFiles files = new(folder.Options);
        List<ListUse> uses = [];
        var (classes, clips) = ReadLabels(folder, files, uses);
        return new CorpusListing(
            "dcase2017-task4",
            folder.Path,
            classes,
            Dcase2017.SampleRate,
            Dcase2017.ClipSeconds,
            clips,
            new AudioFinder(folder)
        )
        {
            Lists = [.. uses, .. Ignored(folder, uses)],
            Problems = files.Problems,
        };
    }

    /// <summary>The classes and labelled clips of the label files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="files">Reads the lists and collects their problems.</param>
    /// <param name="uses">Receives the lists that are used.</param>
    internal static (ClassList Classes, IReadOnlyList<LabelledClip> Clips) ReadLabels(
        CorpusFolder folder,
        LabelFiles files,
        List<ListUse> uses
    )
    {
        const string ClassListName = "sound_event_list_*.txt";
        var lists = Splits.SelectMany(split => LabelFilesOf(folder, split.Word)).Concat(folder.Named(ClassListName));
        if (CorpusFolder.EmptyLists(lists).ToArray() is { Length: > 0 } empty)
            throw new CorpusException(empty);
        var known = folder.FirstNamed(ClassListName) is { } list ? ReadClasses(list) : Dcase2017.Classes;
        ClassList classes = new(known.Select(entry => entry.Label));
        List<LabelledClip> clips = [];
        foreach (var (split, word) in Splits)
        {
            var weak =
                folder.FirstNamed($"groundtruth_weak_label_{word}_set.csv") is { } weakFile ? files.Tags(weakFile)
                : folder.FirstNamed($"{word}_set.csv") is { } segments ? ReadSegments(segments, known, files)
                : null;
            var strong = folder.FirstNamed($"groundtruth_strong_label_{word}_set.csv") is { } strongFile
                ? files.Events(strongFile)
                : null;
            files.AddRange(LabelledClip.LabelProblems(weak?.Source, weak?.Labels, classes));
            files.AddRange(LabelledClip.LabelProblems(strong?.Source, strong?.Labels, classes));
            if (weak is not null)
                uses.Add(new(folder.Relative(weak.Source), split, "weak labels", weak.Files.Length, ""));
            if (strong is not null)
                uses.Add(
                    new(folder.Relative(strong.Source), split, "strong labels", strong.Files.Length, "")
                    {
                        Format = strong.Format,
                    }
                );
            clips.AddRange(Join(split, weak, strong, classes));
        }
        if (clips.Count == 0 && files.Problems.Count == 0)
            files.Add(new(folder.Path, "the label files name no clips"));
        return clips.Count > 0 ? (classes, clips) : throw new CorpusException(files.Problems);
    }

    /// <summary>The lists of the folder that are not used, with the reasons.</summary>
    private static IEnumerable<ListUse> Ignored(CorpusFolder folder, IReadOnlyList<ListUse> used)
    {
        var known = used.Select(use => use.File).ToHashSet(StringComparer.Ordinal);
        var labelFiles = Splits.SelectMany(split => LabelFilesOf(folder, split.Word)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in folder.Files.Where(file => Path.GetExtension(file).ToLowerInvariant() is ".tsv" or ".csv"))
            if (folder.Relative(file) is var relative && !known.Contains(relative))
                yield return ListUse.Ignored(
                    relative,
                    labelFiles.Contains(file)
                        ? "it cannot be read, or other lists contain the labels of its split"
                        : "it is not one of the released label files"
                );
    }

    /// <summary>
    /// Reads an AudioSet segment list: rows of video, start, end, "labels", "identifiers", separated by commas. Two of
    /// the 17 labels contain commas, so the identifiers are read instead. Files are named "video_start_end.wav" as in
    /// the other lists.
    /// </summary>
    /// <exception cref="CorpusException">A row is not a segment, or has an identifier that is not a class.</exception>
    internal static TagList ReadSegments(string path, IReadOnlyList<(string Id, string Label)> classes)
    {
        LabelFiles files = new();
        var segments = ReadSegments(path, classes, files);
        return files.Problems.Count == 0 ? segments : throw new CorpusException(files.Problems);
    }

    private static TagList ReadSegments(string path, IReadOnlyList<(string Id, string Label)> classes, LabelFiles files)
    {
        var labels = classes.ToDictionary(entry => entry.Id, entry => entry.Label);
        List<(string, IReadOnlyCollection<string>)> rows = [];
        var lines = File.ReadAllLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            var place = $"{path}, line {i + 1}";
            if (lines[i].Trim().Length == 0)
                continue;
            if (Segment(lines[i].Trim()) is not { } row)
                files.Add(new(place, "the row is not a segment", "write video,start,end,\"labels\",\"identifiers\""));
            else if (row.Ids.FirstOrDefault(id => !labels.ContainsKey(id)) is { } unknown)
                files.Add(new(place, $"'{unknown}' is not the identifier of a class"));
            else
                rows.Add((row.Name, [.. row.Ids.Select(id => labels[id])]));
        }
        return TagList.Of(rows, path);
    }

    private static IEnumerable<string> LabelFilesOf(CorpusFolder folder, string split) =>
        folder.Named($"groundtruth_*_label_{split}_set.csv").Concat(folder.Named($"{split}_set.csv"));

    private static IEnumerable<LabelledClip> Join(Split split, TagList? weak, EventList? strong, ClassList classes)
    {
        IEnumerable<string> names = [.. weak?.Files ?? [], .. strong?.Files ?? []];
        foreach (var clip in names.Distinct(StringComparer.Ordinal))
        {
            SoundEvent[]? events = strong is null ? null : [.. strong.EventsOf(clip)];
            var labels = weak is null
                ? events!.Select(sound => sound.Label)
                : weak.RowsOf(clip).ToArray().Select(row => row.Label);
            yield return new LabelledClip(
                clip,
                LabelledClip.SourceOf(clip),
                split,
                LabelledClip.InOrder(labels, classes),
                events
            );
        }
    }

    private static (string Name, string[] Ids)? Segment(string line)
    {
        var start = line.Split(',', 4);
        if (
            start.Length < 4
            || !double.TryParse(start[1], CultureInfo.InvariantCulture, out _)
            || !double.TryParse(start[2], CultureInfo.InvariantCulture, out _)
        )
            return null;
        // The identifiers are the last column, in quotes if there are several.
        var rest = start[3];
        var from = rest.EndsWith('"') ? rest.LastIndexOf('"', rest.Length - 2) : rest.LastIndexOf(',');
        if (from < 0)
            return null;
        var ids = rest[(from + 1)..].TrimEnd('"').Split(',', StringSplitOptions.TrimEntries);
        return ($"{start[0]}_{start[1]}_{start[2]}.wav", ids);
    }

    /// <summary>Reads the class list of the task: a header, then rows of identifier, confidence and label, separated by tabs.</summary>
    /// <exception cref="CorpusException">A row does not have three fields, or there is no class.</exception>
    private static IReadOnlyList<(string Id, string Label)> ReadClasses(string path)
    {
        List<(string, string)> classes = [];
        List<Problem> problems = [];
        var lines = File.ReadAllLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i].StartsWith("Class_ID", StringComparison.Ordinal))
                continue;
            var fields = lines[i].Split('\t');
            if (fields.Length == 3 && fields[2].Trim().Length > 0)
                classes.Add((fields[0].Trim(), fields[2].Trim()));
            else
                problems.Add(
                    new(
                        $"{path}, line {i + 1}",
                        "the row is not a class",
                        "write identifier, confidence and label, separated by tabs"
                    )
                );
        }
        if (classes.Count == 0 && problems.Count == 0)
            problems.Add(new(path, "the list has no classes"));
        return problems.Count == 0 ? classes : throw new CorpusException(problems);
    }
}
