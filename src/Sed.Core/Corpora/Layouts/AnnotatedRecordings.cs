using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// Recordings with an annotation file of the same name for each, beside it or in another folder, in any of the <see cref="EventListFile.Formats"/>: a.wav
/// with a.txt, a.Table.1.selections.txt, a.TextGrid, a.csv or a.json. A list splits.tsv or splits.csv with the columns
/// filename and split states the splits, or the names of the folders do (<see cref="SplitName"/>). If neither does, all
/// recordings are training clips. Recordings without an annotation file are not part of the corpus.
/// </summary>
internal sealed class AnnotatedRecordings : ICorpusLayout
{
    public string Title => "one annotation file per recording";

    public string Expected =>
        "recordings with an annotation file of the same name for each, such as a.wav with a.txt, a.selections.txt, "
        + "a.TextGrid or a.csv";

    public LayoutMatch Recognise(CorpusFolder folder) =>
        LayoutMatch.Of(
            folder.AnnotationsOfRecordings.Select(file => file.Path),
            "there is no annotation file with the name of a recording"
        );

    public CorpusListing Read(CorpusFolder folder)
    {
        LabelFiles files = new();
        var splits = RecordingSplits.Of(folder, files);
        List<(AnnotationFile File, Split Split, EventList Events)> found = [];
        foreach (var ofRecording in folder.AnnotationsOfRecordings.GroupBy(file => file.Recording))
        {
            List<(AnnotationFile File, EventList Events)> lists = [];
            foreach (var file in ofRecording)
                if (files.Events(file.Path) is { } events)
                    lists.Add((file, AnnotationFiles.OfRecording(file, events)));
            if (lists.Count > 1)
                files.Add(
                    AnnotationFiles.SeveralFiles(folder.Path, ofRecording.Key, lists.Select(list => list.Events))
                );
            foreach (var (file, events) in lists.Take(1))
                if (events.Files is [var name] && name == file.Recording)
                    found.Add((file, splits.Of(file.Recording, files), events));
                else
                    files.Add(
                        new Problem(
                            file.Path,
                            $"the annotation file has the name of {Path.GetFileName(file.Recording)}, but names the recording \"{events.Files.First(other => other != file.Recording)}\"",
                            "write one annotation file for each recording"
                        )
                    );
        }
        if (found.Count == 0)
            throw new CorpusException(files.Problems);
        ClassList classes = new(
            found.SelectMany(list => list.Events.Labels).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
        return new CorpusListing(
            folder.Name,
            folder.Path,
            classes,
            SampleRate: null,
            ClipSeconds: null,
            [
                .. found
                    .Select(list => Clip(list.File.Recording, list.Split, list.Events, classes))
                    .OrderBy(clip => clip.Split),
            ],
            new AudioFinder(folder)
        )
        {
            Lists = [.. Uses(found, splits), .. splits.Uses],
            Problems = files.Problems,
        };
    }

    private static LabelledClip Clip(string recording, Split split, EventList events, ClassList classes)
    {
        SoundEvent[] own = [.. events.EventsAt(0)];
        return new LabelledClip(
            recording,
            Path.ChangeExtension(recording, null),
            split,
            LabelledClip.InOrder(own.Select(sound => sound.Label), classes),
            own
        );
    }

    /// <summary>The annotation files with the same folder, suffix, split and format, as one entry.</summary>
    private static IEnumerable<ListUse> Uses(
        IEnumerable<(AnnotationFile File, Split Split, EventList Events)> found,
        RecordingSplits splits
    )
    {
        foreach (
            var group in found.GroupBy(list =>
                (
                    Folder: list.File.Recording[..(list.File.Recording.LastIndexOf('/') + 1)],
                    list.File.Suffix,
                    list.Split,
                    list.Events.Format
                )
            )
        )
        {
            var notes = group
                .SelectMany(list => list.Events.NotesWithoutSource)
                .GroupBy(note => note)
                .Select(note => note.Count() > 1 ? $"{note.Key} ({note.Count()} files)" : note.Key)
                .ToArray();
            var shown = notes.Length > 3 ? [.. notes.Take(3), $"{notes.Length - 3} more notes"] : notes;
            yield return new ListUse(
                $"{group.Key.Folder}*{group.Key.Suffix}",
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
