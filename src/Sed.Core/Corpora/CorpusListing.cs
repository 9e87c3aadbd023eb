using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>A corpus as its folder shows it: what the label files say, and the audio files there are; nothing joined yet.</summary>
internal sealed record CorpusListing(
    string Corpus,
    string Folder,
    ClassList Classes,
    int SampleRate,
    double ClipSeconds,
    IReadOnlyList<LabelledClip> Clips,
    AudioFinder Audio
)
{
    /// <summary>Reads the label files of a folder, of whichever known layout they are.</summary>
    /// <exception cref="CorpusException">The folder is missing or empty, or has no label files of a known layout.</exception>
    internal static CorpusListing Open(string folder)
    {
        var files = CorpusFolder.FilesBelow(folder);
        if (Dcase2017.IsAmong(files))
            return Dcase2017.List(folder, files);
        if (FolderCorpus.IsAmong(files))
            return FolderCorpus.List(folder, files, new FolderCorpusOptions());
        throw new CorpusException(
            $"{folder}: no label files of a known layout in it. Known are those of DCASE 2017 task 4 "
                + "(groundtruth_weak_label_training_set.csv and the like) and tab-separated lists as DESED has them (*.tsv with a "
                + "header of filename and event_label, or filename, onset, offset and event_label)."
        );
    }

    /// <summary>The files that may be each clip's audio, the one to be used first.</summary>
    internal IReadOnlyList<string>[] FindAudio()
    {
        Dictionary<string, int> clipsOfSource = Clips
            .GroupBy(clip => clip.Source, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        return [.. Clips.Select(clip => Audio.Find(clip.Name, clip.Split, clipsOfSource[clip.Source] == 1))];
    }
}
