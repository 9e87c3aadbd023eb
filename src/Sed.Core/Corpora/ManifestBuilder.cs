using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>Joins labelled clips with the audio that is there: one way for every corpus.</summary>
internal static class ManifestBuilder
{
    /// <summary>The manifest of a labelled corpus.</summary>
    /// <param name="corpus">The corpus's name.</param>
    /// <param name="folder">For messages.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="sampleRate">Samples per second (Hz).</param>
    /// <param name="clipSeconds">Length of every clip (s).</param>
    /// <param name="labelled">The clips of the label files.</param>
    /// <param name="audio">The audio files below the folder.</param>
    /// <exception cref="CorpusException">No clip has readable audio, or labels are no classes.</exception>
    internal static Manifest Build(
        string corpus,
        string folder,
        ClassList classes,
        int sampleRate,
        double clipSeconds,
        IReadOnlyList<LabelledClip> labelled,
        AudioFinder audio
    )
    {
        Dictionary<string, int> clipsOfSource = labelled
            .GroupBy(clip => clip.Source, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        Clip?[] found = new Clip?[labelled.Count];
        LeftOutClip?[] leftOut = new LeftOutClip?[labelled.Count];
        Workers.Run(
            labelled.Count,
            i =>
            {
                LabelledClip clip = labelled[i];
                IReadOnlyList<string> paths = audio.Find(clip.Name, clip.Split, clipsOfSource[clip.Source] == 1);
                if (paths.Count == 0)
                    leftOut[i] = new LeftOutClip(clip.Name, clip.Split, true, "no audio file");
                else
                    (found[i], leftOut[i]) = Join(clip, paths[0]);
            }
        );
        if (found.All(clip => clip is null))
            throw new CorpusException(NothingUsable(folder, labelled.Count, audio.Count, leftOut));
        return new Manifest(
            corpus,
            classes,
            sampleRate,
            clipSeconds,
            [.. found.OfType<Clip>()],
            [.. leftOut.OfType<LeftOutClip>()]
        );
    }

    private static (Clip? Found, LeftOutClip? LeftOut) Join(LabelledClip clip, string path)
    {
        try
        {
            AudioProbe probe = AudioProbe.Of(path);
            Clip joined = new()
            {
                Name = clip.Name,
                Source = clip.Source,
                AudioPath = path,
                AudioBytes = probe.Bytes,
                DurationSeconds = probe.DurationSeconds,
                Split = clip.Split,
                WeakLabels = clip.WeakLabels,
                StrongEvents = clip.StrongEvents,
            };
            return (joined, null);
        }
        catch (IOException broken)
        {
            return (null, new LeftOutClip(clip.Name, clip.Split, false, broken.Message));
        }
    }

    private static string NothingUsable(string folder, int labelled, int audioFiles, LeftOutClip?[] leftOut)
    {
        if (audioFiles == 0)
            return $"{folder}: its label files name {labelled} clips, but there is no audio below it; put the audio files "
                + "there, in one folder or in one per split (audio/training, audio/testing, audio/evaluation).";
        LeftOutClip? broken = leftOut.FirstOrDefault(clip => clip is { Missing: false });
        return broken is not null
            ? $"{folder}: none of the {labelled} clips has audio that can be read; the first: {broken.Reason}"
            : $"{folder}: none of its {audioFiles} audio files is named like one of the {labelled} clips of its label files "
                + $"(the first clip is {leftOut[0]!.Name}).";
    }
}
