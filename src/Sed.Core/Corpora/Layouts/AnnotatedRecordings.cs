using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Audio;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// Recordings with one annotation file each, in any of the <see cref="EventListFile.Formats"/>. An annotation file has
/// the name of its recording (a.wav with a.txt, a.Table.1.selections.txt, a.TextGrid, a.csv or a.json) and is next to
/// it or in a different folder. A JSON document, for example an export of Label Studio, can annotate several
/// recordings. The splits are stated by a list splits.tsv or splits.csv with the columns filename and split, or by the
/// names of folders (<see cref="SplitName"/>). If neither states a split, all recordings are training clips. Recordings
/// without annotations are not part of the corpus.
/// </summary>
internal sealed class AnnotatedRecordings : ICorpusLayout
{
    public string Title => "one annotation file per recording";

    public string Expected =>
        "one annotation file of the same name for each recording, such as a.txt for a.wav, or a.selections.txt, "
        + "a.TextGrid or a.csv";

    public LayoutMatch Recognise(CorpusFolder folder) =>
        LayoutMatch.Of(
            folder.AnnotationsOfRecordings.Select(file => file.Path).Concat(folder.AnnotationDocuments),
            "no annotation file has the same name as a recording"
        );

    public CorpusListing Read(CorpusFolder folder)
    {
        LabelFiles files = new(folder.Options, areOfRecordings: true);
        var splits = RecordingSplits.Of(folder, files);
        List<Annotated> found = [];
        foreach (var ofRecording in folder.AnnotationsOfRecordings.GroupBy(file => file.Recording))
            AddRecording(folder, [.. ofRecording], files, found);
        AudioNamed audio = new(folder);
        foreach (var document in folder.AnnotationDocuments)
            AddDocument(folder, document, audio, files, found);
        splits.Match(found.Select(one => one.Recording), files);
        found = found.ConvertAll(one => one with { Split = splits.Of(one.Recording, files) });
        foreach (var twice in found.GroupBy(one => one.Recording).Where(group => group.Count() > 1))
            files.Add(AnnotationFiles.SeveralFiles(folder.Path, twice.Key, twice.Select(one => one.Events)));
        if (found.Count == 0)
            throw new CorpusException(files.Problems);
        Dictionary<EventList, EventList?> soft = new(ReferenceEqualityComparer.Instance);
        foreach (var events in found.Select(one => one.Events))
            if (!soft.ContainsKey(events))
                soft[events] = files.SoftEvents(events, events.Source);
        var classes = ClassList.Of(soft.Keys.Concat(soft.Values.OfType<EventList>()));
        return new CorpusListing(
            folder.Name,
            folder.Path,
            classes,
            SampleRate: null,
            ClipSeconds: null,
            [
                .. found
                    .DistinctBy(one => one.Recording)
                    .Select(one => Clip(one, classes) with { SoftEvents = soft[one.Events]?.SoftEventsAt(one.Index) })
                    .OrderBy(clip => clip.Split),
            ],
            new AudioFinder(folder)
        )
        {
            Lists = [.. Uses(found, soft, splits), .. splits.Uses],
            Problems = files.Problems,
        };
    }

    /// <summary>A recording with its annotations.</summary>
    /// <param name="Recording">Path within the corpus, with "/".</param>
    /// <param name="Shown">
    /// What reports show: the path of the annotation file, or a pattern for all files with the same suffix.
    /// </param>
    /// <param name="Events">The list that contains the events of the recording.</param>
    /// <param name="Index">Position of the recording in the list.</param>
    private sealed record Annotated(string Recording, string Shown, EventList Events, int Index)
    {
        /// <summary>Split of the recording.</summary>
        internal Split Split { get; init; }

        internal SoundEvent[] Sounds => [.. Events.EventsAt(Index)];
    }

    /// <summary>The audio files of a folder by path and by file name.</summary>
    private sealed class AudioNamed
    {
        private readonly string[] paths;
        private readonly FileNames byPath;
        private readonly ILookup<string, string> byName;

        internal AudioNamed(CorpusFolder folder)
        {
            var audio = folder.Files.Where(AudioFile.HasAudioExtension).Select(folder.Relative);
            paths = [.. audio.Select(path => path.Replace('\\', '/'))];
            byPath = new FileNames(paths);
            byName = paths.ToLookup(path => AudioNames.StemOf(Path.GetFileName(path)));
        }

        /// <summary>
        /// Finds the path of a recording. If no audio file has the given path, the only audio file with the same file
        /// name is used. If there is no such file or several, the given name is returned.
        /// </summary>
        internal string Find(string name) =>
            byPath.IndexOf(name) is var known and >= 0 ? paths[known]
            : byName[AudioNames.StemOf(Path.GetFileName(name))].ToArray() is [var only] ? only
            : name;
    }

    private static void AddRecording(
        CorpusFolder folder,
        AnnotationFile[] ofRecording,
        LabelFiles files,
        List<Annotated> found
    )
    {
        List<(AnnotationFile File, EventList Events)> lists = [];
        foreach (var file in ofRecording)
            if (files.Events(file.Path) is { } events)
                lists.Add((file, AnnotationFiles.OfRecording(file, events)));
        if (lists.Count > 1)
            files.Add(
                AnnotationFiles.SeveralFiles(folder.Path, lists[0].File.Recording, lists.Select(list => list.Events))
            );
        foreach (var (file, events) in lists.Take(1))
            if (events.Files is [var name] && name == file.Recording)
                found.Add(new(name, PatternOf(folder.Relative(file.Path), file.Suffix), events, 0));
            else
                files.Add(
                    new Problem(
                        file.Path,
                        $"the annotation file has the name of {Path.GetFileName(file.Recording)}, but its content names the recording \"{events.Files.First(other => other != file.Recording)}\"",
                        "write one annotation file for each recording"
                    )
                );
    }

    /// <summary>
    /// The pattern that matches the annotation files with the same folder and suffix, for example "train/*.TextGrid".
    /// </summary>
    private static string PatternOf(string file, string suffix)
    {
        var path = file.Replace('\\', '/');
        return $"{path[..(path.LastIndexOf('/') + 1)]}*{suffix}";
    }

    /// <summary>Adds the recordings that a JSON document annotates, for example an export of Label Studio.</summary>
    private static void AddDocument(
        CorpusFolder folder,
        string document,
        AudioNamed audio,
        LabelFiles files,
        List<Annotated> found
    )
    {
        if (files.Events(document) is not { } events)
            return;
        for (var k = 0; k < events.Files.Length; k++)
        {
            var recording = audio.Find(events.Files[k]);
            found.Add(new(recording, folder.Relative(document), events, k));
        }
    }

    private static LabelledClip Clip(Annotated one, ClassList classes) =>
        new(
            one.Recording,
            LabelledClip.SourceOf(one.Recording),
            one.Split,
            LabelledClip.InOrder(one.Sounds.Select(sound => sound.Label), classes),
            one.Sounds
        );

    /// <summary>
    /// Returns one item for each document, and one item for each set of annotation files with the same folder, suffix,
    /// split and format.
    /// </summary>
    private static IEnumerable<ListUse> Uses(
        List<Annotated> found,
        Dictionary<EventList, EventList?> soft,
        RecordingSplits splits
    )
    {
        foreach (var group in found.GroupBy(one => (one.Shown, one.Split, one.Events.Format)))
        {
            EventList[] lists = [.. group.Select(one => one.Events).Distinct()];
            string[] notes = [.. LabelFiles.NotesOf(lists, [.. lists.Select(list => soft[list]).OfType<EventList>()])];
            var shown = notes.Length > 3 ? [.. notes.Take(3), $"{notes.Length - 3} more notes"] : notes;
            yield return new ListUse(
                group.Key.Shown,
                group.Key.Split,
                "strong labels",
                group.Count(),
                string.Join("; ", shown.Prepend(splits.Note).Where(note => note != ""))
            )
            {
                Format = group.Key.Format,
            };
        }
    }
}
