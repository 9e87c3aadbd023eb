using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>Joins labelled clips with the audio that is there: one way for every corpus.</summary>
internal static class ManifestBuilder
{
    /// <summary>The manifest of a listing, looking at the audio files' headers.</summary>
    /// <exception cref="CorpusException">No clip has readable audio, or labels are no classes.</exception>
    internal static Manifest Build(CorpusListing listing) => Build(listing, listing.FindAudio(), AudioProbe.Of);

    /// <summary>The manifest of a listing.</summary>
    /// <param name="listing">The corpus.</param>
    /// <param name="audio">The files of each clip, the one to be used first.</param>
    /// <param name="probe">What is known of a file; throws where it cannot be used.</param>
    /// <exception cref="CorpusException">No clip has readable audio, or labels are no classes.</exception>
    internal static Manifest Build(CorpusListing listing, IReadOnlyList<string>[] audio, Func<string, AudioProbe> probe)
    {
        var count = listing.Clips.Count;
        Clip?[] found = new Clip?[count];
        LeftOutClip?[] leftOut = new LeftOutClip?[count];
        Workers.Run(
            count,
            i =>
            {
                LabelledClip clip = listing.Clips[i];
                if (audio[i].Count == 0)
                    leftOut[i] = new LeftOutClip(clip.Name, clip.Split, true, "no audio file");
                else
                    (found[i], leftOut[i]) = Join(clip, audio[i][0], probe);
            }
        );
        if (found.All(clip => clip is null))
            throw new CorpusException(NothingUsable(listing, leftOut));
        return new Manifest(
            listing.Corpus,
            listing.Classes,
            listing.SampleRate,
            listing.ClipSeconds,
            [.. found.OfType<Clip>()],
            [.. leftOut.OfType<LeftOutClip>()]
        );
    }

    private static (Clip? Found, LeftOutClip? LeftOut) Join(
        LabelledClip clip,
        string path,
        Func<string, AudioProbe> probe
    )
    {
        try
        {
            AudioProbe sound = probe(path);
            Clip joined = new()
            {
                Name = clip.Name,
                Source = clip.Source,
                AudioPath = path,
                AudioBytes = sound.Bytes,
                AudioSha256 = sound.Sha256,
                DurationSeconds = sound.DurationSeconds,
                Split = clip.Split,
                WeakLabels = clip.WeakLabels,
                StrongEvents = clip.StrongEvents,
                IsTagged = clip.IsTagged,
            };
            return (joined, null);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return (null, new LeftOutClip(clip.Name, clip.Split, false, broken.Message));
        }
    }

    private static string NothingUsable(CorpusListing listing, LeftOutClip?[] leftOut)
    {
        var labelled = listing.Clips.Count;
        if (listing.Audio.Count == 0)
            return $"{listing.Folder}: its label files name {labelled} clips, but there is no audio below it; put the audio "
                + "files there, in one folder or in one per split (audio/training, audio/testing, audio/evaluation).";
        LeftOutClip? broken = leftOut.FirstOrDefault(clip => clip is { Missing: false });
        return broken is not null
            ? $"{listing.Folder}: none of the {labelled} clips has audio that can be read; the first: {broken.Reason}"
            : $"{listing.Folder}: none of its {listing.Audio.Count} audio files is named like one of the {labelled} clips of "
                + $"its label files (the first clip is {leftOut[0]!.Name}).";
    }
}
