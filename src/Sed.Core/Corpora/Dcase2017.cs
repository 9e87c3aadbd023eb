using Sed.Core.Annotations;
using Sed.Core.Corpora.Synthesis.Voices;

namespace Sed.Core.Corpora;

/// <summary>
/// DCASE 2017 challenge, task 4: 17 classes of warning and vehicle sounds, clips of 10 s cut from YouTube, weak labels for
/// training, strong and weak labels for testing and evaluation. The label files are read as they were released.
/// </summary>
public static class Dcase2017
{
    /// <summary>Samples per second of the task's clips (Hz).</summary>
    public const int SampleRate = 44_100;

    /// <summary>Length of the task's clips (s).</summary>
    public const double ClipSeconds = 10;

    private static readonly (Split Split, string Word)[] Splits =
    [
        (Split.Training, "training"),
        (Split.Testing, "testing"),
        (Split.Evaluation, "evaluation"),
    ];

    /// <summary>The task's classes with their AudioSet identifiers, in the official order.</summary>
    public static IReadOnlyList<(string Id, string Label)> Classes { get; } =
    [.. SmartCarVoices.All.Select(voice => (voice.Id, voice.Label))];

    /// <summary>
    /// The corpus in a folder that holds the released label files and, in any of the usual layouts, the audio: whatever
    /// part of it there is. The folder may bring a class list of its own (sound_event_list_*.txt).
    /// </summary>
    /// <param name="folder">The folder; label files and audio may lie in folders below it.</param>
    /// <param name="name">What to call the corpus. Default "dcase2017-task4".</param>
    /// <exception cref="CorpusException">The folder is missing, empty, without labels or without audio.</exception>
    /// <exception cref="AnnotationException">A label file has rows that are no labels.</exception>
    public static Manifest Task4(string folder, string name = "dcase2017-task4") =>
        ManifestBuilder.Build(List(folder, CorpusFolder.FilesBelow(folder)) with { Corpus = name });

    /// <summary>Whether a folder's files are this task's.</summary>
    internal static bool IsAmong(string[] files) =>
        Splits.Any(split =>
            CorpusFolder.FirstNamed(files, $"groundtruth_*_label_{split.Word}_set.csv") is not null
            || CorpusFolder.FirstNamed(files, $"{split.Word}_set.csv") is not null
        );

    internal static CorpusListing List(string folder, string[] files)
    {
        (ClassList classes, IReadOnlyList<LabelledClip> labelled) = ReadLabels(folder, files);
        AudioFinder audio = new(folder, files);
        return new CorpusListing("dcase2017-task4", folder, classes, SampleRate, ClipSeconds, labelled, audio);
    }

    /// <summary>What the label files below a folder say, whether or not there is audio.</summary>
    internal static (ClassList Classes, IReadOnlyList<LabelledClip> Clips) ReadLabels(string folder, string[] files)
    {
        string[] empty =
        [
            .. CorpusFolder.Empty(
                Splits
                    .SelectMany(split =>
                        (string[])[$"groundtruth_*_label_{split.Word}_set.csv", $"{split.Word}_set.csv"]
                    )
                    .Append("sound_event_list_*.txt")
                    .SelectMany(pattern => CorpusFolder.Named(files, pattern))
            ),
        ];
        if (empty.Length > 0)
            throw new CorpusException(empty);
        IReadOnlyList<(string Id, string Label)> known = CorpusFolder.FirstNamed(files, "sound_event_list_*.txt")
            is { } list
            ? SoundEventList.Read(list)
            : Classes;
        ClassList classes = new(known.Select(entry => entry.Label));
        List<LabelledClip> clips = [];
        foreach ((Split split, var word) in Splits)
        {
            TagList? weak =
                CorpusFolder.FirstNamed(files, $"groundtruth_weak_label_{word}_set.csv") is { } weakFile
                    ? TagListFile.Read(weakFile)
                : CorpusFolder.FirstNamed(files, $"{word}_set.csv") is { } segments
                    ? SegmentListFile.Read(segments, known)
                : null;
            EventList? strong = CorpusFolder.FirstNamed(files, $"groundtruth_strong_label_{word}_set.csv")
                is { } strongFile
                ? EventListFile.Read(strongFile)
                : null;
            clips.AddRange(Join(split, weak, strong, classes));
        }
        if (clips.Count == 0)
            throw new CorpusException(
                $"{folder}: no label files of DCASE 2017 task 4 in it (groundtruth_weak_label_training_set.csv and the like)."
            );
        return (classes, clips);
    }

    private static IEnumerable<LabelledClip> Join(Split split, TagList? weak, EventList? strong, ClassList classes)
    {
        string[] names = [.. (weak?.Files ?? []).Concat(strong?.Files ?? []).Distinct(StringComparer.Ordinal)];
        CorpusFolder.RequireClasses(weak?.Source, weak?.Labels, classes);
        CorpusFolder.RequireClasses(strong?.Source, strong?.Labels, classes);
        foreach (var clip in names)
        {
            SoundEvent[]? events = strong is null ? null : strong.EventsOf(clip).ToArray();
            IEnumerable<string> labels = weak is null
                ? events!.Select(sound => sound.Label)
                : weak.RowsOf(clip).ToArray().Select(row => row.Label);
            var stem = Path.GetFileNameWithoutExtension(clip);
            yield return new LabelledClip(
                clip,
                YouTubeName.Parse(stem)?.Id ?? stem,
                split,
                CorpusFolder.InOrder(labels, classes),
                events
            );
        }
    }
}
